/*
# over 200 lines: bodies and streams of any provider
title: Portkey log objects
answers: One object per call as a private cloud's gateway puts it into its bucket, with bodies and headers; no cost.
source: Portkey-AI/docs-core, sample files of the enterprise architecture
recognise:
  - {request: {portkeyHeaders: }, response: , organisation_id: }
  - {request: {portkeyHeaders: , url: }, response: {status: , responseTime: }}
macros: [choices, answers, gateways, openai, portkey]
required: [request, response]
columns:
  _id: text
  created_at: time
  organisation_id: text
  request:
    url: text
    body: json
    portkeyHeaders:
      x-portkey-provider: text
      x-portkey-virtual-key: text
      x-portkey-config: json
      x-portkey-trace-id: text
      x-portkey-span-id: text
      x-portkey-parent-span-id: text
      x-portkey-metadata: json
  response:
    status: number
    body: json
    responseTime: number
    lastUsedOptionJsonPath: text
    headers:
      x-portkey-cache-status: text
      x-portkey-retry-attempt-count: text
      x-portkey-last-used-option-index: text
      x-portkey-provider: text
      x-portkey-trace-id: text
      content-type: text
has_ids: false
*/
with
    bodies as (
        select
            *,
            request.portkeyheaders as sent_headers,
            response.headers as answer_headers,
            try_cast(request.body as json) as asked,
            try_cast(response.body as json) as answer,
            stream_events(response.body) as events,
            cast(response.status as smallint) as code,
            coalesce(path_operation(request.url), 'chat') as operation_name,
            try_cast(request.portkeyheaders."x-portkey-config" as json) as config,
            portkey_metadata(try_cast(request.portkeyheaders."x-portkey-metadata" as json)) as facts,
            row_number() over (
                partition by file_id, content_key, _id, created_at, response.body order by file_id
            ) as copy
        from records
    ),
    counted as (
        select
            *,
            coalesce(
                nullif(_id, ''), printf('portkey-%x-%d', hash(content_key, created_at, response.body), copy)
            ) as id,
            coalesce(answer -> '$.usage', stream_usage(events)) as usage,
            coalesce(answer, events[-1] -> '$.response') as whole,
            answer_items(coalesce(answer, events[-1] -> '$.response')) as called,
            coalesce(answer ->> '$.model', events[-1] ->> '$.model', asked ->> '$.model') as named
        from bodies
    ),
    measured as (
        select
            *,
            tokens(coalesce(usage ->> '$.prompt_tokens', usage ->> '$.input_tokens')) as sent,
            tokens(
                coalesce(
                    usage ->> '$.completion_tokens',
                    usage ->> '$.output_tokens',
                    case when operation_name = 'embeddings' then '0' end
                )
            ) as answered,
            usage_cache_read(usage) as cache_read,
            usage_cache_write(usage) as cache_write,
            answer_tools(whole, usage, called, named) as tools,
            tokens(usage ->> '$.total_tokens') as total,
            -- Portkey turns Anthropic's counting into OpenAI's, but not that of bodies it passes through
            case
                when usage ->> '$.prompt_tokens' is null and usage ->> '$.cache_read_input_tokens' is not null
                then 'exclusive'
                else 'inclusive'
            end as habit
        from counted
    ),
    thinking as (
        select
            *,
            thoughts_of(
                named, usage_reasoning(usage), sent, answered, total, coalesce(cache_read, 0)
            ) as reasoning
        from measured
    ),
    based as (
        select
            *,
            resolve_usage(
                sent,
                answered,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := habit
            ) as used,
            case
                when operation_name <> 'embeddings'
                then
                    prompt_parts(
                        asked ->> '$.system',
                        asked ->> '$.tools',
                        coalesce(asked ->> '$.messages', asked ->> '$.prompt', asked ->> '$.input')
                    )
            end as content,
            embedding_texts(case when operation_name = 'embeddings' then asked ->> '$.input' end) as items,
            coalesce(
                answer ->> '$.choices[0].message.content', answer ->> '$.content', answer ->> '$.output'
            ) as said
        from thinking
    )
select
    id as request_id,
    coalesce(answer ->> '$.id', events[-1] ->> '$.id') as response_id,
    coalesce(sent_headers."x-portkey-trace-id", answer_headers."x-portkey-trace-id") as trace_id,
    sent_headers."x-portkey-span-id" as span_id,
    sent_headers."x-portkey-parent-span-id" as parent_span_id,
    facts['session_id'] as session_id,
    portkey_retries(answer_headers."x-portkey-retry-attempt-count") as retry_count,
    case
        when lower(config ->> '$.strategy.mode') is distinct from 'loadbalance'
        then
            portkey_option(
                coalesce(response.lastusedoptionjsonpath, answer_headers."x-portkey-last-used-option-index")
            )
    end as fallback_index,
    facts[case_key()] as case_id,
    facts['test_run'] as case_run,
    hash('portkey', id) as dedupe_key,
    file_id,
    -- the object is made when the answer is there
    coalesce(after_ms(utc(created_at), - coalesce(response.responsetime, 0)), modified_at) as started_at,
    created_at is null as is_file_time,
    utc(created_at) as ended_at,
    'portkey' as gateway,
    portkey_provider(
        coalesce(
            answer_headers."x-portkey-provider",
            sent_headers."x-portkey-provider",
            host_provider(request.url),
            config ->> '$.provider'
        )
    ) as provider_name,
    asked ->> '$.model' as request_model,
    coalesce(answer ->> '$.model', events[-1] ->> '$.model') as response_model,
    operation_name,
    case when used.input_tokens > 0 then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when used.input_tokens > 0 then used.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    total as total_tokens_reported,
    tools.searches as web_search_requests,
    tools.file_searches as file_search_requests,
    tools.x_searches as x_search_requests,
    tools.containers as code_interpreter_requests,
    case
        when used.input_tokens > 0 and not tools.has_drawn then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    answer ->> '$.service_tier' as service_tier,
    false as is_batch,
    case when code >= 400 then 'error' else 'ok' end as status,
    code as http_status_code,
    portkey_error(case when code >= 400 then 'error' end, code, answer) as error_type,
    label(coalesce(answer ->> '$.choices[0].finish_reason', answer ->> '$.stop_reason')) as finish_reason,
    coalesce(
        try_cast(asked ->> '$.stream' as boolean), contains(answer_headers."content-type", 'event-stream')
    ) as is_stream,
    nullif(sent_headers."x-portkey-virtual-key", '') as api_key_alias,
    organisation_id as organization_id,
    facts['_user'] as user_id,
    portkey_pairs(facts) as tags,
    portkey_is_hit(answer_headers."x-portkey-cache-status") as gateway_cache_hit,
    try_cast(
        coalesce(asked ->> '$.max_completion_tokens', asked ->> '$.max_tokens') as bigint
    ) as max_tokens_requested,
    try_cast(asked ->> '$.temperature' as double) as temperature,
    body_choices(asked) as response_choices,
    prompt_hash_of(content) as prompt_hash,
    system_prompt_hash_of(content) as system_prompt_hash,
    system_prompt_chars_of(content) as system_prompt_chars,
    input_chars_of(content) as input_chars,
    prefix_hashes_of(content) as prefix_hashes,
    prefix_chars_of(content) as prefix_chars,
    output_hash_of(said) as output_hash,
    chars(said) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    try_cast(asked ->> '$.dimensions' as integer) as embedding_dimensions
from based
