/*
title: Arize Phoenix spans
answers: Spans exported from Phoenix as JSON, with the flat or the nested attributes of OpenInference.
source: Arize-ai/phoenix, JSON export of spans; Arize-ai/openinference spec/semantic_conventions.md
recognise:
  - {context: {trace_id: , span_id: }, span_kind: , start_time: }
macros: [choices, gateways, otel]
required: [context]
columns:
  name: text
  context: {trace_id: text, span_id: text}
  span_kind: text
  parent_id: text
  start_time: text
  end_time: text
  status_code: text
  status_message: text
  attributes: json
  events: [{name: text, timestamp: text, attributes: {exception.type: text, exception: {type: text}}}]
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
*/
with
    numbered as (
        select
            *,
            row_number() over () as line,
            coalesce(attributes -> '$.llm', attributes -> '$.embedding', attributes -> '$.openinference')
            is not null as is_nested
        from records
    ),
    -- {"llm": {"token_count": {"prompt": 3}}} as {"llm.token_count.prompt": 3}; without vectors, each number
    -- of which would be a row
    leaves as (
        select
            line,
            replace(replace(replace(leaf.fullkey[3:], '"', ''), '[', '.'), ']', '') as key,
            any_value(leaf.atom ->> '$') as value
        from numbered, json_tree(case when is_nested then attributes end) as leaf
        where leaf.atom is not null and not contains(leaf.fullkey, '.vector[')
        group by all
    ),
    flattened as (
        select line, map_from_entries(list(struct_pack(key := key, value := value) order by key)) as a
        from leaves
        group by line
    ),
    spans as (
        select
            file_id,
            context.trace_id as trace_id,
            context.span_id as span_id,
            parent_id,
            name,
            upper(span_kind) as span_kind,
            cast(null as varchar) as scope_name,
            cast(null as varchar) as scope_version,
            start_time as started,
            end_time as ended,
            status_code,
            status_message as message,
            otel_first_chunk(events) as first_chunk,
            coalesce(
                (otel_raised(events))."exception.type", (otel_raised(events)).exception.type
            ) as exception,
            case
                when is_nested then flattened.a else cast(cast(attributes as json) as map(varchar, varchar))
            end as a,
            cast(null as map(varchar, varchar)) as r
        from numbered
        left join flattened on numbered.line = flattened.line
    )
select *
from otel_requests('spans')
