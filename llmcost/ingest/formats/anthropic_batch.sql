/*
title: Anthropic batch results
answers: Results of the Message Batches API, one line a request, at the batch price; the custom id is the test case.
source: Anthropic Message Batches API
recognise:
  - {custom_id: , result: {type: [succeeded, errored, canceled, expired]}}
macros: [anthropic]
required: [custom_id, result]
columns:
  custom_id: text
  result:
    type: text
    error: {type: text, request_id: text, error: {type: text}}
    message:
      id: text
      model: text
      stop_reason: text
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
      content: json
parsed:
  blocks: {from: result.message.content, columns: [{type: text, text: text, name: text, input: text}]}
has_ids: false
*/
with
    results as (
        select
            *,
            required(custom_id, 'custom_id') as custom_name,
            result.message as message,
            result.message.usage as usage,
            anthropic_answer(blocks) as answered,
            anthropic_turns(result.message.usage) as turns
        from records
    ),
    calls as (select *, unnest(anthropic_calls(message.model, turns)) as call from results),
    counted as (
        select
            *,
            call.model is not distinct from message.model as is_main,
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
    coalesce(
        message.id || anthropic_suffix(call.model, message.model), result.error.request_id, custom_name
    ) as request_id,
    message.id as response_id,
    message.id as trace_id,
    custom_name as case_id,
    case
        when message.id is not null
        then anthropic_key(message.id, call.model)
        else hash('anthropic_batch', content_key, custom_name)
    end as dedupe_key,
    file_id,
    modified_at as started_at,
    true as is_file_time,
    anthropic_provider(result.message.id) as provider_name,
    call.model as response_model,
    'chat' as operation_name,
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
    true as is_batch,
    case result.type when 'succeeded' then 'ok' when 'canceled' then 'cancelled' else 'error' end as status,
    -- a request that expired was never sent to a model
    case
        when result.type = 'expired'
        then 'expired'
        else code_word(coalesce(result.error.error.type, result.error.type))
    end as error_type,
    code_word(message.stop_reason) as finish_reason,
    false as is_stream,
    case when is_main then output_hash_of(answered) end as output_hash,
    case when is_main then chars(answered) end as output_chars
from counted
