/*
title: Kong AI gateway
answers: The serializer record of any Kong log plugin (file-log, http-log, ...) on routes with AI plugins, one call per plugin.
source: Kong/kong kong/llm/plugin and kong/pdk/log.lua; Kong's AI audit log reference
recognise:
  - {ai: {"*": {meta: {provider_name: , request_model: }}}}
  - {ai: {"*": {usage: {total_tokens: , time_per_token: }}}}
  - {ai: {"*": {meta: {provider_name: , request_model: }}}, request: , latencies: , started_at: }
  - {latencies: {kong: , request: }, workspace: , started_at: , ai: }
macros: [choices, gateways]
required: []
columns:
  ai: json
  started_at: time
  upstream_status: text
  workspace_name: text
  request: {id: text, uri: text}
  response: {status: text, headers: {content-type: text}}
  latencies: {request: number}
  tries: json
  consumer: {id: text, username: text, custom_id: text}
  authenticated_entity: {id: text}
  service: {name: text}
passes_over: [no model call]
has_ids: false
*/
with
    -- no plugin's name is sure: ai-proxy, proxy (ai-proxy-advanced), ai-request-transformer ...
    plugins as (
        select
            *,
            list_filter(
                map_entries(cast(cast(ai as json) as map(varchar, json))),
                lambda e:json_type(e.value, '$.usage') = 'OBJECT' or json_type(e.value, '$.meta') = 'OBJECT'
            ) as entries,
            json_extract_string(ai, '$.*.cache.cache_status')[1] as cache_status,
            row_number() over (partition by file_id, content_key, request.id, ai order by file_id) as copy,
            try_cast(response.status as smallint) as code,
            coalesce(contains(response.headers."content-type", 'event-stream'), false) as is_stream
        from records
    ),
    calls as (
        select
            *,
            entry.key as plugin,
            entry.value -> '$.meta' as meta,
            entry.value -> '$.usage' as usage,
            try_cast(
                coalesce(entry.value ->> '$.payload.request', ai ->> '$.payload.request') as json
            ) as asked,
            try_cast(entry.value ->> '$.payload.response' as json) as answer,
            coalesce(request.id, printf('kong-%x-%d', hash(content_key, ai), copy)) as id
        from (select *, unnest(case when len(entries) > 0 then entries else [null] end) as entry from plugins)
    ),
    counted as (
        select
            *,
            -- the audit log's pages say prompt_token, the code prompt_tokens
            tokens(coalesce(usage ->> '$.prompt_tokens', usage ->> '$.prompt_token')) as sent,
            tokens(coalesce(usage ->> '$.completion_tokens', usage ->> '$.completion_token')) as answered,
            coalesce(path_operation(request.uri), 'chat') as operation_name
        from calls
    ),
    based as (
        select
            *,
            resolve_usage(sent, answered, total := tokens(usage ->> '$.total_tokens')) as used,
            case
                when operation_name <> 'embeddings'
                then
                    prompt_parts(
                        null, asked ->> '$.tools', coalesce(asked ->> '$.messages', asked ->> '$.prompt')
                    )
            end as content,
            embedding_texts(case when operation_name = 'embeddings' then asked ->> '$.input' end) as items,
            answer ->> '$.choices[0].message.content' as said
        from counted
    )
select
    case when len(entries) > 1 then concat(id, '#', plugin) else id end as request_id,
    answer ->> '$.id' as response_id,
    request.id as trace_id,
    case
        when len(entries) > 1 and not regexp_full_match(plugin, '(ai-)?proxy.*')
        then null
        when json_array_length(tries) > 0
        then json_array_length(tries) - 1
    end as retry_count,
    hash('kong', id, plugin) as dedupe_key,
    file_id,
    coalesce(utc(started_at), modified_at) as started_at,
    started_at is null as is_file_time,
    after_ms(utc(started_at), latencies.request) as ended_at,
    'kong' as gateway,
    nullif(meta ->> '$.provider_name', 'UNSPECIFIED') as provider_name,
    nullif(meta ->> '$.request_model', 'UNSPECIFIED') as request_model,
    nullif(meta ->> '$.response_model', 'UNSPECIFIED') as response_model,
    meta ->> '$.azure_deployment_id' as deployment_id,
    operation_name,
    case when sent > 0 then used.input_tokens end as input_tokens,
    case when sent > 0 then used.output_tokens end as output_tokens,
    tokens(usage ->> '$.total_tokens') as total_tokens_reported,
    -- to the count of a stream Kong adds a quarter of its characters, and where the provider counted nothing
    -- it has no input at all
    case
        when coalesce(sent, 0) = 0 then 'missing' when is_stream then 'gateway_estimate' else 'provider'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case when code = 499 then 'cancelled' when code >= 400 then 'error' else 'ok' end as status,
    code as http_status_code,
    -- no upstream was asked
    case
        when code in (401, 402, 403, 429) and upstream_status = '' then 'refused_by_gateway'
    end as error_type,
    label(answer ->> '$.choices[0].finish_reason') as finish_reason,
    case when response.headers."content-type" is not null then is_stream end as is_stream,
    authenticated_entity.id as api_key_id,
    consumer.username as api_key_alias,
    service.name as project_id,
    workspace_name as team_id,
    coalesce(consumer.custom_id, consumer.id) as user_id,
    lower(cache_status) = 'hit' as gateway_cache_hit,
    -- 0 where no prices are configured
    nullif(try_cast(usage ->> '$.cost' as decimal(18, 12)), 0) as reported_cost_usd,
    try_cast(asked ->> '$.max_tokens' as bigint) as max_tokens_requested,
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
    case when coalesce(len(entries), 0) = 0 then 'no model call' end as passed_over
from based
