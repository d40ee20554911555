/*
title: GitHub Copilot telemetry files
answers: What Copilot CLI and Copilot Chat write with a file exporter (COPILOT_OTEL_FILE_EXPORTER_PATH), one span, log or metric a line.
source: files of Copilot CLI 1.0.84 and 1.0.89 in public repositories; ryoppippi/ccusage, which reads the same files
recognise:
  - {type: span, traceId: , spanId: , startTime: , attributes: }
  - {traceId: , spanId: , startTime: , endTime: , kind: , attributes: , resource: {attributes: }}
  - {hrTime: , attributes: {event.name: }}
  - {_hrTime: , _body: }
  - {type: metric, name: , dataPoints: }
macros: [choices, gateways, otel]
required: []
columns:
  type: text
  traceId: text
  spanId: text
  parentSpanId: text
  name: text
  startTime: json
  endTime: json
  hrTime: json
  spanContext: {traceId: text, spanId: text}
  status: {code: text, message: text}
  attributes: map
  resource: {attributes: map}
  instrumentationScope: {name: text, version: text}
  events: [{name: text, attributes: {exception.type: text}}]
parsed:
  begin: {from: startTime, columns: [text]}
  finish: {from: endTime, columns: [text]}
  moment: {from: hrTime, columns: [text]}
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
has_ids: false
*/
with
    read as (
        select
            *,
            coalesce(traceid, spancontext.traceid) as trace,
            coalesce(spanid, spancontext.spanid) as span,
            begin is not null as is_span,
            attributes['event.name']
            is not distinct from 'gen_ai.client.inference.operation.details' as is_detailed,
            -- seconds and nanoseconds
            nullif(concat(begin[1], lpad(begin[2], 9, '0')), '') as began,
            nullif(concat(finish[1], lpad(finish[2], 9, '0')), '') as finished,
            nullif(concat(moment[1], lpad(moment[2], 9, '0')), '') as at_moment
        from records
    ),
    -- A log tells of a call again, where there are spans.
    sorted_lines as (
        select
            *,
            case
                when is_span
                then null
                when not is_detailed
                then 'not a model call'
                when
                    bool_or(is_span and attributes['gen_ai.operation.name'] = 'chat') over (
                        partition by file_id, trace
                    )
                then 'the same call, traced twice'
            end as left_out
        from read
    ),
    spans as (
        select
            file_id,
            trace as trace_id,
            span as span_id,
            parentspanid as parent_id,
            coalesce(name, 'chat') as name,
            cast(null as varchar) as span_kind,
            instrumentationscope.name as scope_name,
            instrumentationscope.version as scope_version,
            coalesce(began, at_moment) as started,
            coalesce(finished, at_moment) as ended,
            "status".code as status_code,
            "status".message as message,
            cast(null as varchar) as first_chunk,
            list_filter(events, lambda e:e.name = 'exception')[1].attributes."exception.type" as exception,
            attributes as a,
            resource.attributes as r
        from sorted_lines
        where left_out is null
    )
-- Copilot is paid by a plan: what it used is shown at the prices of those who make the models.
select * replace (nullif(provider_name, 'github') as provider_name), 'copilot' as gateway
from otel_requests('spans')
union all by name
select left_out as passed_over
from sorted_lines
where left_out is not null
