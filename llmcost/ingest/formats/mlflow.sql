/*
# over 200 lines: spans of two versions, as the attributes of OpenTelemetry
title: MLflow traces
answers: Traces and spans of MLflow Tracing, as its client, its command line or Databricks write them; LLM and embedding spans, each call once.
source: mlflow/mlflow entities/span.py and tracing/constant.py; traces of Databricks model serving in public articles
recognise:
  - {info: , data: {spans: {name: , attributes: }}}
  - {data: {spans: {attributes: {mlflow.spanType: }}}}
  - {spans: {name: , attributes: {mlflow.spanType: }}}
  - {name: , attributes: {mlflow.spanType: }, start_time_unix_nano: , span_id: }
  - {name: , attributes: {mlflow.spanType: }, start_time: , context: {span_id: , trace_id: }}
macros: [choices, gateways, langfuse, otel]
required: []
columns:
  info: {trace_id: text, request_id: text, trace_metadata: json, request_metadata: json}
  data: {spans: [&span {trace_id: text, span_id: text, parent_span_id: text, name: text, start_time_unix_nano: text, end_time_unix_nano: text,
                        status: json, attributes: json, events: json,
                        context: {trace_id: text, span_id: text}, parent_id: text, start_time: text, end_time: text, status_code: text}]}
  spans: [*span]
  <<: *span
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
*/
with
    opened as (
        select
            file_id,
            info,
            unnest(coalesce(data.spans, spans, [null])) as s,
            records.* exclude (data, spans, info, file_id)
        from records
    ),
    -- an attribute is JSON in a text, once more
    read as (
        select
            file_id,
            coalesce(
                info.trace_id, info.request_id, s.trace_id, s.context.trace_id, trace_id, context.trace_id
            ) as trace_id,
            coalesce(s.span_id, s.context.span_id, span_id, context.span_id) as span_id,
            coalesce(s.parent_span_id, s.parent_id, parent_span_id, parent_id) as parent_id,
            coalesce(s.name, name) as name,
            coalesce(s.start_time_unix_nano, s.start_time, start_time_unix_nano, start_time) as started,
            coalesce(s.end_time_unix_nano, s.end_time, end_time_unix_nano, end_time) as ended,
            coalesce(
                json_object_in(coalesce(s.status, status)) ->> 'code',
                s.status_code,
                status_code,
                s.status,
                status
            ) as status_code,
            list_filter(
                try(
                    from_json(
                        coalesce(s.events, events),
                        '[{"name":"VARCHAR","attributes":{"exception.type":"VARCHAR","exception.message":"VARCHAR"}}]'
                    )
                ),
                lambda e:e.name = 'exception'
            )[1].attributes as raised,
            json_object_in(coalesce(info.trace_metadata, info.request_metadata)) as meta,
            json_object_in(coalesce(s.attributes, attributes)) as x,
            upper(json_text_in(x ->> 'mlflow.spanType')) as kind,
            json_object_in(json_text_in(x ->> 'mlflow.spanInputs')) as i,
            json_object_in(json_text_in(x ->> 'mlflow.spanOutputs')) as o,
            json_object_in(json_text_in(x ->> 'mlflow.chat.tokenUsage')) as u,
            json_object_in(json_text_in(x ->> 'mlflow.llm.cost')) as cost,
            coalesce(
                json_text_in(x ->> 'mlflow.llm.model'), i ->> 'model', json_text_in(x ->> 'model')
            ) as model
        from opened
    ),
    counted as (
        select
            *,
            tokens(u ->> 'input_tokens') as input,
            tokens(u ->> 'output_tokens') as output,
            tokens(u ->> 'total_tokens') as total,
            tokens(
                coalesce(u ->> 'cache_read_input_tokens', o ->> '$.usage.prompt_tokens_details.cached_tokens')
            ) as cache_read,
            tokens(u ->> 'cache_creation_input_tokens') as cache_write,
            tokens(u ->> 'cache_creation_input_tokens_above_1hr') as write_1h,
            -- Anthropic's own body leaves the cache out; what MLflow makes of it depends on its version
            case
                when
                    coalesce(
                        o ->> '$.usage.cache_read_input_tokens', o ->> '$.usage.cache_creation_input_tokens'
                    )
                    is not null
                then tokens(o ->> '$.usage.input_tokens')
            end as uncached
        from read
    ),
    spans as (
        select
            * exclude (raised),
            -- of Gemini's thoughts MLflow has the total alone
            case
                when contains(lower(model), 'gemini') then nullif(greatest(total - input - output, 0), 0)
            end as thoughts,
            cast(null as varchar) as span_kind,
            cast(null as varchar) as scope_name,
            cast(null as varchar) as scope_version,
            raised."exception.message" as message,
            cast(null as varchar) as first_chunk,
            raised."exception.type" as exception,
            cast(null as map(varchar, varchar)) as r,
            map_from_entries(
                list_filter(
                    [
                        struct_pack(
                            key := 'gen_ai.operation.name',
                            value := case
                                when kind = 'EMBEDDING'
                                then 'embeddings'
                                when
                                    kind in ('LLM', 'CHAT_MODEL')
                                    or (coalesce(kind, 'UNKNOWN') = 'UNKNOWN' and u is not null)
                                then 'chat'
                                -- agents and tools may name a model, too
                                else 'none'
                            end
                        ),
                        struct_pack(key := 'gen_ai.request.model', value := model),
                        struct_pack(
                            key := 'gen_ai.response.model',
                            value := coalesce(o ->> 'model', o ->> 'model_version')
                        ),
                        struct_pack(key := 'gen_ai.response.id', value := o ->> 'id'),
                        struct_pack(
                            key := 'gen_ai.provider.name', value := json_text_in(x ->> 'mlflow.llm.provider')
                        ),
                        struct_pack(
                            key := 'gen_ai.conversation.id', value := meta ->> 'mlflow.trace.session'
                        ),
                        struct_pack(key := 'user.id', value := meta ->> 'mlflow.trace.user'),
                        struct_pack(key := 'metadata.test_run', value := meta ->> 'test_run'),
                        struct_pack(key := concat('metadata.', case_key()), value := meta ->> case_key()),
                        struct_pack(
                            key := 'gen_ai.usage.input_tokens',
                            value := cast(
                                coalesce(uncached + cache_tokens(cache_read, cache_write), input) as varchar
                            )
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.output_tokens',
                            value := cast(output + coalesce(thoughts, 0) as varchar)
                        ),
                        -- a sum of MLflow's own proves nothing
                        struct_pack(
                            key := 'gen_ai.usage.total_tokens',
                            value := case
                                when
                                    coalesce(cache_read, cache_write) is null
                                    or json_text_in(x ->> 'mlflow.message.format') = 'openai'
                                then cast(total as varchar)
                            end
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.cache_read.input_tokens',
                            value := cast(cache_read as varchar)
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.cache_write.input_tokens',
                            value := cast(cache_write as varchar)
                        ),
                        struct_pack(
                            key := 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
                            value := cast(write_1h as varchar)
                        ),
                        struct_pack(
                            key := 'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
                            value := cast(cache_write - write_1h as varchar)
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.reasoning.output_tokens',
                            value := coalesce(
                                cast(thoughts as varchar),
                                o ->> '$.usage.completion_tokens_details.reasoning_tokens',
                                o ->> '$.usage.output_tokens_details.reasoning_tokens'
                            )
                        ),
                        struct_pack(key := 'gen_ai.usage.cost', value := cost ->> 'total_cost'),
                        struct_pack(key := 'openai.response.service_tier', value := o ->> 'service_tier'),
                        struct_pack(
                            key := 'llm.response.finish_reason',
                            value := coalesce(o ->> '$.choices[0].finish_reason', o ->> 'stop_reason')
                        ),
                        struct_pack(key := 'gen_ai.request.stream', value := i ->> 'stream'),
                        struct_pack(key := 'gen_ai.request.temperature', value := i ->> 'temperature'),
                        struct_pack(
                            key := 'gen_ai.request.max_tokens',
                            value := coalesce(
                                i ->> 'max_completion_tokens', i ->> 'max_output_tokens', i ->> 'max_tokens'
                            )
                        ),
                        struct_pack(
                            key := 'gen_ai.system_instructions',
                            value := coalesce(i ->> 'system', i ->> 'instructions')
                        ),
                        struct_pack(key := 'gen_ai.tool.definitions', value := i ->> 'tools'),
                        struct_pack(
                            key := 'gen_ai.input.messages',
                            value := coalesce(
                                i ->> 'messages',
                                i ->> 'input',
                                i ->> 'contents',
                                json_text_in(x ->> 'mlflow.spanInputs')
                            )
                        ),
                        struct_pack(
                            key := 'gen_ai.output.messages',
                            value := coalesce(
                                o ->> '$.choices[0].message.content',
                                o ->> 'content',
                                o ->> 'output',
                                json_text_in(x ->> 'mlflow.spanOutputs')
                            )
                        )
                    ],
                    lambda entry:entry.value is not null
                )
            ) as a
        from counted
    )
select *, case when passed_over is null then 'mlflow' end as gateway
from otel_requests('spans')
