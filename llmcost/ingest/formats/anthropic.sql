/*
title: Anthropic Messages responses
answers: Response bodies of the Messages API as JSONL; input_tokens leaves the cache out, so the total is the sum of three.
source: Anthropic Messages API; vercel/ai and pydantic-ai recorded bodies
recognise:
  - {type: message, usage: }
  - {type: error, error: {type: , message: }}
macros: [anthropic]
required: [type]
columns:
  id: text
  request_id: text
  type: text
  model: text
  stop_reason: text
  timestamp: time
  created_at: time
  session_id: text
  processing: text
  usage:
    input_tokens: tokens
    cache_read_input_tokens: tokens
    cache_creation_input_tokens: tokens
    cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
    output_tokens: tokens
    output_tokens_details: {thinking_tokens: tokens}
    service_tier: text
    speed: text
    inference_geo: text
    server_tool_use: {web_search_requests: tokens}
    iterations:
      - model: text
        input_tokens: tokens
        cache_read_input_tokens: tokens
        cache_creation_input_tokens: tokens
        cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
        output_tokens: tokens
  content: content
  error: {type: text}
parsed:
  blocks: {from: content, columns: [{type: text, text: text, name: text, input: text}]}
has_ids: false
*/
with
    messages as (
        select
            *,
            coalesce(utc("timestamp"), utc(created_at)) as logged_at,
            coalesce(id, request_id) as own_id,
            row_number() over (
                partition by file_id, content_key, id, request_id, usage, error order by file_id
            ) as copy,
            anthropic_answer(blocks) as answered,
            anthropic_turns(usage) as turns
        from records
        where required(type, 'type') in ('message', 'error') or error('type is not a message')
    ),
    calls as (
        select
            *,
            coalesce(own_id, printf('anthropic-%x-%d', hash(content_key, usage, error), copy)) as name,
            unnest(anthropic_calls(model, turns)) as call
        from messages
    ),
    counted as (
        select
            *,
            call.model is not distinct from model as is_main,
            resolve_usage(
                call.input,
                call.output,
                cache_read := call.cache_read,
                cache_write := call.cache_write,
                input_basis := 'exclusive'
            ) as used
        from calls
    )
select
    name || anthropic_suffix(call.model, model) as request_id,
    id as response_id,
    id as trace_id,
    session_id,
    anthropic_key(name, call.model) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    anthropic_provider(id) as provider_name,
    call.model as response_model,
    case when type = 'message' then 'chat' else 'other' end as operation_name,
    case when is_counted(used) then used.input_tokens end as input_tokens,
    call.cache_read as cache_read_input_tokens,
    call.cache_write as cache_write_input_tokens,
    call.write_5m as cache_write_5m_input_tokens,
    call.write_1h as cache_write_1h_input_tokens,
    case when is_counted(used) then used.output_tokens end as output_tokens,
    case when is_main then tokens(usage.output_tokens_details.thinking_tokens) end as reasoning_output_tokens,
    case when is_main then tokens(usage.server_tool_use.web_search_requests) end as web_search_requests,
    case
        when is_counted(used) and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    case when len(usage.iterations) > 0 then 'iterations' else used.basis end as usage_basis,
    used.evidence as usage_evidence,
    usage.service_tier as service_tier,
    usage.speed as speed,
    usage.inference_geo as inference_geo,
    coalesce('batch' in (processing, usage.service_tier), false) as is_batch,
    case when type = 'message' then 'ok' else 'error' end as status,
    code_word(error.type) as error_type,
    code_word(stop_reason) as finish_reason,
    case when is_main then output_hash_of(answered) end as output_hash,
    case when is_main then chars(answered) end as output_chars
from counted
