/*
# over 200 lines: each provider's own names of counts, as the attributes of OpenTelemetry
title: Opik spans
answers: Spans of Comet's Opik, from its API, its SDK or `opik export`; llm spans with the provider's own counts beside Opik's, each call once.
source: comet-ml/opik sdks/python llm_usage and rest_api types, SpanPublic; no record of a real span seen
recognise:
  - {trace_id: , start_time: , type: &types [llm, tool, general, guardrail], project_id: }
  - {trace_id: , start_time: , type: *types, usage: , input: }
  - {trace_id: , start_time: , type: *types, project_id: , usage: , provider: , total_estimated_cost: }
  - {trace: {id: , start_time: }, spans: {trace_id: , start_time: }}
macros: [choices, gateways, langfuse, otel]
required: []
columns:
  trace: {id: text, thread_id: text}
  spans:
    - &span
      id: text
      project_id: text
      trace_id: text
      parent_span_id: text
      name: text
      type: text
      start_time: text
      end_time: text
      input: text
      output: text
      metadata: json
      model: text
      provider: text
      tags: json
      usage: json
      error_info: json
      total_estimated_cost: text
      ttft: number
  <<: *span
  thread_id: text
passes_over: [not a model call, parent of a model call, "the same call, traced twice"]
*/
with
    unnested as (
        select
            file_id,
            trace.thread_id as trace_thread,
            thread_id,
            unnest(coalesce(spans, [null])) as s,
            struct_pack(
                id := id,
                project_id := project_id,
                trace_id := trace_id,
                parent_span_id := parent_span_id,
                name := name,
                type := type,
                start_time := start_time,
                end_time := end_time,
                "input" := "input",
                "output" := "output",
                metadata := metadata,
                model := model,
                provider := provider,
                tags := tags,
                usage := usage,
                error_info := error_info,
                total_estimated_cost := total_estimated_cost,
                ttft := ttft
            ) as own
        from records
    ),
    opened as (
        select file_id, coalesce(thread_id, trace_thread) as thread, unnest(coalesce(s, own)) from unnested
    ),
    read as (
        select
            *,
            json_object_in(metadata) as x,
            json_object_in("input") as i,
            json_object_in("output") as o,
            json_object_in(error_info) as e,
            coalesce(cast(json_object_in(usage) as map(varchar, varchar)), map{}) as u
        from opened
    ),
    counted as (
        select
            *,
            tokens(u['prompt_tokens']) as prompt,
            tokens(coalesce(u['original_usage.input_tokens'], u['original_usage.inputTokens'])) as original,
            tokens(
                coalesce(
                    u['original_usage.cache_read_input_tokens'],
                    u['original_usage.cacheReadInputTokens'],
                    u['original_usage.prompt_tokens_details.cached_tokens'],
                    u['original_usage.input_tokens_details.cached_tokens'],
                    u['original_usage.input_token_details.cache_read'],
                    u['original_usage.cached_content_token_count'],
                    u['cache_read_input_tokens']
                )
            ) as cache_read,
            tokens(
                coalesce(
                    u['original_usage.cache_creation_input_tokens'],
                    u['original_usage.cacheWriteInputTokens'],
                    u['original_usage.input_token_details.cache_creation'],
                    u['cache_creation_input_tokens']
                )
            ) as cache_write,
            -- Anthropic's and Bedrock's own counts leave the cache out, those of an older Opik too
            coalesce(
                u['original_usage.cache_read_input_tokens'],
                u['original_usage.cacheReadInputTokens'],
                u['original_usage.cache_creation_input_tokens'],
                u['original_usage.cacheWriteInputTokens']
            )
            is not null as is_beside
        from read
    ),
    calls as (
        select
            file_id,
            trace_id,
            id as span_id,
            parent_span_id as parent_id,
            name,
            cast(null as varchar) as span_kind,
            cast(null as varchar) as scope_name,
            cast(null as varchar) as scope_version,
            start_time as started,
            end_time as ended,
            case when e is not null then 'ERROR' else 'OK' end as status_code,
            e ->> 'message' as message,
            cast(null as varchar) as first_chunk,
            e ->> 'exception_type' as exception,
            map{'service.name':project_id} as r,
            map_from_entries(
                list_filter(
                    [
                        struct_pack(
                            key := 'gen_ai.operation.name',
                            value := case
                                when type = 'llm'
                                then
                                    case
                                        when contains(lower(model), 'embed') then 'embeddings' else 'chat'
                                    end
                                -- agents and tools may name a model, too
                                else 'none'
                            end
                        ),
                        struct_pack(key := 'gen_ai.request.model', value := coalesce(i ->> 'model', model)),
                        struct_pack(key := 'gen_ai.response.model', value := model),
                        struct_pack(key := 'gen_ai.response.id', value := o ->> 'id'),
                        struct_pack(key := 'gen_ai.provider.name', value := provider),
                        struct_pack(
                            key := 'gen_ai.usage.input_tokens',
                            value := cast(
                                case
                                    when is_beside
                                    then greatest(prompt, original + cache_tokens(cache_read, cache_write))
                                    else coalesce(prompt, original)
                                end as varchar
                            )
                        ),
                        struct_pack(key := 'gen_ai.usage.output_tokens', value := u['completion_tokens']),
                        struct_pack(
                            key := 'gen_ai.usage.total_tokens',
                            value := case when not is_beside then u['total_tokens'] end
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
                            key := 'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
                            value := u['original_usage.cache_creation.ephemeral_5m_input_tokens']
                        ),
                        struct_pack(
                            key := 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
                            value := u['original_usage.cache_creation.ephemeral_1h_input_tokens']
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.reasoning.output_tokens',
                            value := coalesce(
                                u['original_usage.completion_tokens_details.reasoning_tokens'],
                                u['original_usage.output_tokens_details.reasoning_tokens'],
                                u['original_usage.output_token_details.reasoning'],
                                u['original_usage.thoughts_token_count']
                            )
                        ),
                        struct_pack(key := 'gen_ai.usage.cost', value := total_estimated_cost),
                        struct_pack(
                            key := 'gen_ai.response.time_to_first_chunk',
                            value := cast(ttft / 1000 as varchar)
                        ),
                        struct_pack(
                            key := 'llm.response.finish_reason',
                            value := coalesce(o ->> '$.choices[0].finish_reason', o ->> 'stop_reason')
                        ),
                        struct_pack(
                            key := 'gen_ai.conversation.id', value := coalesce(thread, x ->> 'thread_id')
                        ),
                        struct_pack(key := 'gen_ai.request.stream', value := x ->> 'stream'),
                        struct_pack(key := 'gen_ai.request.temperature', value := x ->> 'temperature'),
                        struct_pack(
                            key := 'gen_ai.request.max_tokens',
                            value := coalesce(x ->> 'max_completion_tokens', x ->> 'max_tokens')
                        ),
                        struct_pack(key := 'user.id', value := x ->> 'user_id'),
                        struct_pack(key := concat('metadata.', case_key()), value := x ->> case_key()),
                        struct_pack(key := 'metadata.test_run', value := x ->> 'test_run'),
                        struct_pack(key := 'tag.tags', value := tags),
                        struct_pack(key := 'gen_ai.system_instructions', value := i ->> 'system'),
                        struct_pack(key := 'gen_ai.tool.definitions', value := i ->> 'tools'),
                        struct_pack(
                            key := 'gen_ai.input.messages',
                            value := coalesce(i ->> 'messages', i ->> 'input', i ->> 'contents', "input")
                        ),
                        struct_pack(
                            key := 'gen_ai.output.messages',
                            value := coalesce(o ->> '$.choices[0].message.content', o ->> 'content', "output")
                        )
                    ],
                    lambda entry:entry.value is not null
                )
            ) as a
        from counted
    )
select *, case when passed_over is null then 'opik' end as gateway
from otel_requests('calls')
