/*
title: Braintrust logs
answers: Spans of Braintrust's logs and experiments, from its API, BTQL or a download; llm spans with their metrics, each call and version once.
source: braintrustdata/braintrust-sdk-python logger.py and integrations; Braintrust API reference, fetch project logs; rows in public readers' tests
recognise:
  - {span_id: , root_span_id: , span_attributes: }
  - {span_id: , root_span_id: , span_parents: , metrics: , span_attributes: }
macros: [choices, gateways, langfuse, otel]
required: [span_id]
columns:
  id: text
  span_id: text
  root_span_id: text
  span_parents: json
  project_id: text
  created: text
  _xact_id: text
  error: json
  metrics: json
  metadata: json
  span_attributes: json
  tags: json
  input: content
  output: content
passes_over: [not a model call, parent of a model call, "the same call, traced twice", an older version]
*/
with
    opened as (
        select
            *,
            json_object_in(metrics) as m,
            json_object_in(metadata) as x,
            json_object_in(span_attributes) as s,
            lower(s ->> 'type') as kind,
            coalesce(
                try_cast(_xact_id as ubigint)
                < max(try_cast(_xact_id as ubigint)) over (partition by root_span_id, span_id),
                false
            ) as is_older,
            -- each lifetime apart, or both together
            coalesce(m ->> 'prompt_cache_creation_5m_tokens', m ->> 'prompt_cache_creation_1h_tokens')
            is not null as is_split
        from records
    ),
    spans as (
        select
            file_id,
            root_span_id as trace_id,
            span_id,
            span_parents ->> '$[0]' as parent_id,
            s ->> 'name' as name,
            cast(null as varchar) as span_kind,
            cast(null as varchar) as scope_name,
            cast(null as varchar) as scope_version,
            coalesce(m ->> 'start', created) as started,
            m ->> 'end' as ended,
            case when error <> '' and error <> 'null' then 'ERROR' else 'OK' end as status_code,
            error as message,
            cast(null as varchar) as first_chunk,
            nullif(regexp_extract(error, '^"?(\w+(Error|Exception))', 1), '') as exception,
            map{'service.name':project_id} as r,
            (m ->> 'cached') in ('1', '1.0', 'true') as is_cached,
            tokens(m ->> 'server_tool_use_web_search_requests') as searches,
            map_from_entries(
                list_filter(
                    [
                        struct_pack(
                            key := 'gen_ai.operation.name',
                            value := case
                                when
                                    kind = 'llm'
                                    or (
                                        kind is null
                                        and coalesce(m ->> 'prompt_tokens', m ->> 'completion_tokens')
                                        is not null
                                    )
                                then
                                    case
                                        when contains(lower(x ->> 'model'), 'embed')
                                        then 'embeddings'
                                        else 'chat'
                                    end
                                -- agents and tools may name a model, too
                                else 'none'
                            end
                        ),
                        struct_pack(key := 'gen_ai.request.model', value := x ->> 'model'),
                        struct_pack(key := 'gen_ai.provider.name', value := x ->> 'provider'),
                        struct_pack(key := 'gen_ai.usage.input_tokens', value := m ->> 'prompt_tokens'),
                        struct_pack(key := 'gen_ai.usage.output_tokens', value := m ->> 'completion_tokens'),
                        struct_pack(key := 'gen_ai.usage.total_tokens', value := m ->> 'tokens'),
                        struct_pack(
                            key := 'gen_ai.usage.cache_read.input_tokens',
                            value := m ->> 'prompt_cached_tokens'
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.cache_write.input_tokens',
                            value := case
                                when is_split
                                then
                                    cast(
                                        coalesce(
                                            tokens(m ->> 'prompt_cache_creation_5m_tokens'),
                                            0
                                        ) + coalesce(
                                            tokens(m ->> 'prompt_cache_creation_1h_tokens'), 0
                                        ) as varchar
                                    )
                                else m ->> 'prompt_cache_creation_tokens'
                            end
                        ),
                        struct_pack(
                            key := 'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
                            value := m ->> 'prompt_cache_creation_5m_tokens'
                        ),
                        struct_pack(
                            key := 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
                            value := m ->> 'prompt_cache_creation_1h_tokens'
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.reasoning.output_tokens',
                            value := coalesce(m ->> 'completion_reasoning_tokens', m ->> 'reasoning_tokens')
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.audio.input_tokens', value := m ->> 'prompt_audio_tokens'
                        ),
                        struct_pack(
                            key := 'gen_ai.usage.audio.output_tokens',
                            value := m ->> 'completion_audio_tokens'
                        ),
                        struct_pack(key := 'gen_ai.usage.cost', value := m ->> 'estimated_cost'),
                        struct_pack(
                            key := 'gen_ai.response.time_to_first_chunk', value := m ->> 'time_to_first_token'
                        ),
                        struct_pack(
                            key := 'gen_ai.request.service_tier',
                            value := coalesce(x ->> 'usage_service_tier', x ->> 'service_tier')
                        ),
                        struct_pack(key := 'gen_ai.request.stream', value := x ->> 'stream'),
                        struct_pack(key := 'gen_ai.request.temperature', value := x ->> 'temperature'),
                        struct_pack(
                            key := 'gen_ai.request.max_tokens',
                            value := coalesce(x ->> 'max_completion_tokens', x ->> 'max_tokens')
                        ),
                        struct_pack(
                            key := 'gen_ai.conversation.id',
                            value := coalesce(x ->> 'session_id', x ->> 'conversation_id', x ->> 'thread_id')
                        ),
                        struct_pack(key := 'user.id', value := x ->> 'user_id'),
                        struct_pack(key := concat('metadata.', case_key()), value := x ->> case_key()),
                        struct_pack(key := 'metadata.test_run', value := x ->> 'test_run'),
                        struct_pack(key := 'tag.tags', value := tags),
                        struct_pack(
                            key := 'llm.response.finish_reason',
                            value := json_list_in("output") ->> '$[0].finish_reason'
                        ),
                        struct_pack(key := 'gen_ai.tool.definitions', value := x ->> 'tools'),
                        struct_pack(key := 'gen_ai.input.messages', value := "input"),
                        struct_pack(
                            key := 'gen_ai.output.messages',
                            value := coalesce(
                                json_list_in("output") ->> '$[0].message.content',
                                json_object_in("output") ->> 'content',
                                "output"
                            )
                        )
                    ],
                    lambda entry:entry.value is not null
                )
            ) as a
        from opened
        where not is_older
    ),
    extras as (
        select trace_id, span_id, bool_or(is_cached) as is_cached, max(searches) as searches
        from spans
        group by all
    )
select
    calls.* replace (coalesce(extras.searches, calls.web_search_requests) as web_search_requests),
    case when passed_over is null then 'braintrust' end as gateway,
    extras.is_cached as gateway_cache_hit
from otel_requests('spans') as calls
left join extras on calls.trace_id = extras.trace_id and calls.span_id = extras.span_id
union all by name
select 'an older version' as passed_over
from opened
where is_older
