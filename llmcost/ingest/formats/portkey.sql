/*
title: Portkey logs export
answers: "The JSONL that Portkey's export gives, and the metric object of a private cloud; cost is in US cents there."
source: Portkey-AI/docs-core, logs export and architecture samples
recognise:
  - {ai_org: , ai_model: , req_units: , res_units: }
  - {ai_org: , ai_model: , trace_id: , response_status_code: }
  - {ai_org: , ai_model: , req_units: , res_units: , total_units: , created_at: , cost_currency: }
macros: [choices, answers, gateways, openai, portkey]
required: [created_at]
columns:
  id: text
  trace_id: text
  span_id: text
  parent_span_id: text
  created_at: time
  request: json
  response: json
  is_success: text
  ai_org: text
  ai_model: text
  req_units: tokens
  res_units: tokens
  total_units: tokens
  cost: number
  cost_currency: text
  request_url: text
  response_status_code: number
  response_time: number
  cache_status: text
  stream_mode: text
  retry_success_count: text
  last_used_option_index: text
  mode: text
  virtual_key: text
  api_key_id: text
  workspace_slug: text
  organisation_id: text
  user_id: text
  _user: text
  gateway_version: text
  metadata: json
has_ids: false
*/
with
    bodies as (
        select
            *,
            portkey_body(request) as asked,
            portkey_body(response) as answer,
            portkey_metadata(metadata) as facts,
            coalesce(path_operation(request_url), 'chat') as operation_name,
            cast(response_status_code as smallint) as code,
            row_number() over (
                partition by file_id, content_key, id, trace_id, created_at, ai_model, req_units, res_units
                order by file_id
            ) as copy
        from records
    ),
    counted as (
        select
            *,
            answer -> '$.usage' as usage,
            answer_items(answer) as called,
            coalesce(answer ->> '$.model', ai_model) as named,
            coalesce(
                nullif(id, ''),
                printf(
                    'portkey-%x-%d',
                    hash(content_key, trace_id, created_at, ai_model, req_units, res_units),
                    copy
                )
            ) as call_id,
            tokens(req_units) as sent,
            case
                when operation_name = 'embeddings' then coalesce(tokens(res_units), 0) else tokens(res_units)
            end as answered,
            case
                when lower(is_success) in ('0', '0.0', 'false') or code >= 400 then 'error' else 'ok'
            end as status
        from bodies
    ),
    measured as (
        select
            *,
            usage_cache_read(usage) as cache_read,
            usage_cache_write(usage) as cache_write,
            tokens(total_units) as total,
            answer_tools(answer, usage, called, named) as tools
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
                total := total
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
    call_id as request_id,
    answer ->> '$.id' as response_id,
    nullif(trace_id, '') as trace_id,
    nullif(span_id, '') as span_id,
    nullif(parent_span_id, '') as parent_span_id,
    facts['session_id'] as session_id,
    portkey_retries(retry_success_count) as retry_count,
    case
        when lower(mode) is distinct from 'loadbalance' then try_cast(last_used_option_index as integer)
    end as fallback_index,
    facts[case_key()] as case_id,
    facts['test_run'] as case_run,
    hash('portkey', call_id) as dedupe_key,
    file_id,
    required(utc(created_at), 'created_at') as started_at,
    after_ms(utc(created_at), response_time) as ended_at,
    'portkey' as gateway,
    gateway_version as emitter_version,
    portkey_provider(ai_org) as provider_name,
    coalesce(asked ->> '$.model', nullif(ai_model, '')) as request_model,
    coalesce(
        answer ->> '$.model', case when asked ->> '$.model' is not null then nullif(ai_model, '') end
    ) as response_model,
    operation_name,
    case when sent > 0 then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when sent > 0 then used.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    total as total_tokens_reported,
    tools.searches as web_search_requests,
    tools.file_searches as file_search_requests,
    tools.x_searches as x_search_requests,
    tools.containers as code_interpreter_requests,
    case when sent > 0 and not tools.has_drawn then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    answer ->> '$.service_tier' as service_tier,
    false as is_batch,
    status,
    code as http_status_code,
    portkey_error(status, code, answer) as error_type,
    label(coalesce(answer ->> '$.choices[0].finish_reason', answer ->> '$.stop_reason')) as finish_reason,
    lower(stream_mode) in ('1', '1.0', 'true') as is_stream,
    nullif(api_key_id, '') as api_key_id,
    nullif(virtual_key, '') as api_key_alias,
    nullif(workspace_slug, '') as team_id,
    nullif(organisation_id, '') as organization_id,
    coalesce(facts['_user'], nullif(_user, ''), nullif(user_id, '')) as user_id,
    portkey_pairs(facts) as tags,
    portkey_is_hit(cache_status) as gateway_cache_hit,
    -- documented as US cents, though the currency column says USD
    case
        when coalesce(upper(cost_currency), 'USD') = 'USD'
        then cast(cast(cost as decimal(18, 10)) * 0.01 as decimal(18, 12))
    end as reported_cost_usd,
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
