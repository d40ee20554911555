/*
# over 200 lines: an answer of any provider in the words of a third
title: Bifrost logs
answers: The log store of maximhq's gateway, from its API or its database; retries are counted on the row, each fallback is a row.
source: maximhq/bifrost framework/logstore/tables.go, type Log; no record of a real run seen
recognise:
  - {token_usage: , number_of_retries: }
  - {token_usage: , fallback_index: }
  - {number_of_retries: , fallback_index: , selected_key_id: }
  - {number_of_retries: , fallback_index: , selected_key_id: , token_usage: , provider: , timestamp: }
macros: [choices, hosted]
required: [id, timestamp]
columns:
  id: text
  parent_request_id: text
  timestamp: time
  object: text
  object_type: text
  provider: text
  model: text
  alias: text
  number_of_retries: tokens
  fallback_index: tokens
  virtual_key_id: text
  virtual_key_name: text
  team_id: text
  team_name: text
  customer_id: text
  business_unit_id: text
  user_id: text
  latency: number
  token_usage: json
  cost: number
  status: text
  stop_reason: text
  stream: flag
  cache_debug: json
  error_details: json
  params: json
  metadata: json
  input_history: content
  responses_input_history: content
  tools: content
  output_message: content
  responses_output: content
parsed:
  usage:
    from: token_usage
    columns:
      prompt_tokens: tokens
      completion_tokens: tokens
      total_tokens: tokens
      prompt_tokens_details:
        cached_read_tokens: tokens
        cached_tokens: tokens
        cached_write_tokens: tokens
        cached_write_token_details: {cached_write_tokens_5m: tokens, cached_write_tokens_1h: tokens}
        audio_tokens: tokens
        image_tokens: tokens
      completion_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens, image_tokens: tokens, cached_tokens: tokens, num_search_queries: tokens}
  cache:
    from: cache_debug
    columns: {cache_hit: text}
  failure:
    from: error_details
    columns: {status_code: text, error: {type: text, code: text}}
  asked:
    from: params
    columns: {max_completion_tokens: tokens, max_tokens: tokens, temperature: number, dimensions: tokens, service_tier: text, response_format: text, tool_choice: text, tools: text}
  labels:
    from: metadata
    columns: {test_case: text, test_run: text, session_id: text}
  sent_items:
    from: input_history
    columns: [{content: text}]
  answer:
    from: output_message
    columns: {content: text, tool_calls: text}
passes_over: [still processing, no model call]
*/
with
    detailed as (
        select
            *,
            usage.prompt_tokens_details as input_details,
            usage.completion_tokens_details as output_details,
            coalesce(object, object_type) as kind,
            bifrost_operation(coalesce(object, object_type)) as operation,
            required(id, 'id') as attempt
        from records
    ),
    counted as (
        select
            *,
            tokens(usage.prompt_tokens) as input,
            tokens(usage.total_tokens) as total,
            tokens(output_details.reasoning_tokens) as reasoning,
            tokens(input_details.audio_tokens) as input_audio,
            tokens(input_details.image_tokens) as input_image,
            coalesce(
                tokens(usage.completion_tokens), case when usage.prompt_tokens is not null then 0 end
            ) as output,  -- Go leaves out what is 0
            tokens(coalesce(input_details.cached_read_tokens, input_details.cached_tokens)) as cache_read,
            -- before there was a name for it, a cache write stood with the output
            tokens(coalesce(input_details.cached_write_tokens, output_details.cached_tokens)) as cache_write
        from detailed
    ),
    based as (
        select
            *,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total
            ) as used,
            coalesce(input, 0) + cache_tokens(cache_read, cache_write) = 0 as has_no_usage,
            prompt_parts(
                null,
                tools,
                case
                    when operation <> 'embeddings'
                    then coalesce(nullif(input_history, ''), nullif(responses_input_history, ''))
                end
            ) as sent,
            embedding_texts(case when operation = 'embeddings' then sent_items[1].content end) as items,
            coalesce(answer.content, answer.tool_calls, nullif(responses_output, '')) as answered
        from counted
    )
select
    case
        when "status" = 'processing'
        then 'still processing'
        when kind in ('list_models', 'count_tokens') or contains(kind, 'file_') or contains(kind, 'batch_')
        then 'no model call'
    end as passed_over,
    attempt as request_id,
    -- a fallback names the attempt before it all
    coalesce(nullif(parent_request_id, ''), id) as logical_request_id,
    tokens(number_of_retries) as retry_count,
    tokens(fallback_index) as fallback_index,
    labels.session_id as session_id,
    labels[case_key()] as case_id,
    labels.test_run as case_run,
    hash('bifrost', id) as dedupe_key,
    file_id,
    utc("timestamp") as started_at,
    after_ms(utc("timestamp"), latency) as ended_at,
    'bifrost' as gateway,
    hosted_provider(provider) as provider_name,
    nullif(model, '') as request_model,
    nullif(alias, '') as model_group,
    operation as operation_name,
    case when not has_no_usage then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    tokens(input_details.cached_write_token_details.cached_write_tokens_5m) as cache_write_5m_input_tokens,
    tokens(input_details.cached_write_token_details.cached_write_tokens_1h) as cache_write_1h_input_tokens,
    input_audio as input_audio_tokens,
    image_part(
        input_image, null, input_audio, null, used.input_tokens, cache_read, cache_write
    ) as input_image_tokens,
    case when not has_no_usage then used.output_tokens end as output_tokens,
    tokens(output_details.reasoning_tokens) as reasoning_output_tokens,
    tokens(output_details.audio_tokens) as output_audio_tokens,
    tokens(output_details.image_tokens) as output_image_tokens,
    tokens(usage.total_tokens) as total_tokens_reported,
    tokens(output_details.num_search_queries) as web_search_requests,
    case when has_no_usage then 'missing' else 'provider' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    asked.service_tier as service_tier,
    false as is_batch,
    case "status" when 'success' then 'ok' when 'cancelled' then 'cancelled' else 'error' end as status,
    case
        when "status" = 'success' then 200 else try_cast(failure.status_code as smallint)
    end as http_status_code,
    label(coalesce(failure.error.type, failure.error.code)) as error_type,
    label(stop_reason) as finish_reason,
    flag("stream") as is_stream,
    nullif(virtual_key_id, '') as api_key_id,
    nullif(virtual_key_name, '') as api_key_alias,
    nullif(team_id, '') as team_id,
    nullif(team_name, '') as team_alias,
    nullif(business_unit_id, '') as project_id,
    nullif(customer_id, '') as organization_id,
    nullif(user_id, '') as user_id,
    tag_list(metadata) as tags,
    flag(cache.cache_hit) as gateway_cache_hit,
    cast(cost as decimal(18, 12)) as reported_cost_usd,
    tokens(coalesce(asked.max_completion_tokens, asked.max_tokens)) as max_tokens_requested,
    asked.temperature as temperature,
    response_choices(asked.response_format, asked.tool_choice, asked.tools) as response_choices,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    tokens(asked.dimensions) as embedding_dimensions
from based
