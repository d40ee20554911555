/*
title: OpenTelemetry traces (OTLP/JSON)
answers: What the collector's file exporter writes of spans by any GenAI instrumentation (gen_ai.*, OpenInference, OpenLLMetry, Vercel AI SDK, Logfire).
source: opentelemetry-proto trace.proto in JSON; attributes as in open-telemetry/semantic-conventions docs/gen-ai
recognise:
  - {resourceSpans: }
macros: [choices, gateways, otlp, otel]
required: [resourceSpans]
columns:
  resourceSpans:
    - resource: {attributes: [{key: text, value: {stringValue: text, intValue: text, doubleValue: text, boolValue: text, arrayValue: {values: [{stringValue: text, intValue: text}]}}}]}
      scopeSpans:
        - scope: {name: text, version: text}
          spans: &spans
            - traceId: text
              spanId: text
              parentSpanId: text
              name: text
              startTimeUnixNano: text
              endTimeUnixNano: text
              status: {code: text, message: text}
              events: [{name: text, timeUnixNano: text, attributes: [{key: text, value: {stringValue: text}}]}]
              attributes: [{key: text, value: {stringValue: text, intValue: text, doubleValue: text, boolValue: text, arrayValue: {values: [{stringValue: text, intValue: text}]}}}]
      instrumentationLibrarySpans:
        - instrumentationLibrary: {name: text, version: text}
          spans: *spans
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
*/
with
    resources as (select file_id, unnest(resourcespans) as sent from records),
    scopes as (
        select file_id, otlp_map(sent.resource.attributes) as r, unnest(sent.scopespans) as scoped
        from resources
        union all
        -- collectors before 2022
        select
            file_id,
            otlp_map(sent.resource.attributes),
            unnest(
                list_transform(
                    sent.instrumentationlibraryspans,
                    lambda x:struct_pack("scope" := x.instrumentationlibrary, spans := x.spans)
                )
            )
        from resources
    ),
    spans as (
        select
            file_id,
            span.traceid as trace_id,
            span.spanid as span_id,
            span.parentspanid as parent_id,
            span.name as name,
            cast(null as varchar) as span_kind,
            scoped."scope".name as scope_name,
            scoped."scope".version as scope_version,
            span.starttimeunixnano as started,
            span.endtimeunixnano as ended,
            span.status.code as status_code,
            span.status.message as message,
            list_filter(
                span.events,
                lambda e:e.name
                in ('First Token Stream Event', 'ai.stream.firstChunk', 'gen_ai.content.completion.chunk')
            )[1].timeunixnano as first_chunk,
            list_filter(
                list_filter(span.events, lambda e:e.name = 'exception')[1].attributes,
                lambda x:x.key = 'exception.type'
            )[1].value.stringvalue as exception,
            otlp_map(span.attributes) as a,
            r
        from (select file_id, r, scoped, unnest(scoped.spans) as span from scopes)
    )
select *
from otel_requests('spans')
