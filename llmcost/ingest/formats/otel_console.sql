/*
title: OpenTelemetry console spans (Python SDK)
answers: Spans that ConsoleSpanExporter printed, one JSON object each, indented or on one line.
source: opentelemetry-sdk, ReadableSpan.to_json
recognise:
  - {context: {trace_id: , span_id: }, kind: , start_time: , attributes: }
macros: [choices, gateways, otel]
required: [context]
columns:
  name: text
  context: {trace_id: text, span_id: text}
  parent_id: text
  start_time: text
  end_time: text
  status: {status_code: text, description: text}
  attributes: map
  resource: {attributes: map}
  events: [{name: text, timestamp: text, attributes: {exception.type: text}}]
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
*/
with
    spans as (
        select
            file_id,
            -- written as 0x..., in every other log without
            replace(context.trace_id, '0x', '') as trace_id,
            replace(context.span_id, '0x', '') as span_id,
            replace(parent_id, '0x', '') as parent_id,
            name,
            cast(null as varchar) as span_kind,
            cast(null as varchar) as scope_name,
            cast(null as varchar) as scope_version,
            start_time as started,
            end_time as ended,
            "status".status_code as status_code,
            "status".description as message,
            otel_first_chunk(events) as first_chunk,
            (otel_raised(events))."exception.type" as exception,
            attributes as a,
            resource.attributes as r
        from records
    )
select *
from otel_requests('spans')
