/*
title: TensorZero ModelInference
answers: The gateway's table of calls to providers, from ClickHouse or Postgres; failed calls are not in it.
source: tensorzero/tensorzero docs/gateway/data-model.mdx and its inserts into ModelInference; no record of a real run seen
recognise:
  - {inference_id: , model_provider_name: , model_name: }
  - {inference_id: , model_provider_name: , model_name: , response_time_ms: , input_tokens: , output_tokens: }
macros: [hosted]
required: [id, inference_id]
columns:
  id: text
  inference_id: text
  timestamp: time
  model_name: text
  model_provider_name: text
  input_tokens: tokens
  output_tokens: tokens
  provider_cache_read_input_tokens: tokens
  provider_cache_write_input_tokens: tokens
  cost: number
  response_time_ms: number
  ttft_ms: number
  cached: flag
  finish_reason: text
  system: content
  input_messages: content
  output: content
  raw_request: content
  raw_response: content
parsed:
  asked:
    from: raw_request
    columns: {model: text, tools: text, max_tokens: tokens, max_completion_tokens: tokens, temperature: number, service_tier: text}
  answered:
    from: raw_response
    columns: {id: text, model: text}
*/
with
    timed as (
        select
            *,
            -- the id is made when the answer is written down
            coalesce(uuid7_time(id), utc("timestamp")) as ended,
            tokens(input_tokens) as input,
            tokens(provider_cache_read_input_tokens) as cache_read,
            tokens(provider_cache_write_input_tokens) as cache_write,
            -- only a batch has no time of its own, unless no row has one
            response_time_ms is null
            and bool_or(response_time_ms is not null) over (partition by file_id) as is_of_batch
        from records
    ),
    based as (
        select
            *,
            resolve_usage(
                input, tokens(output_tokens), cache_read := cache_read, cache_write := cache_write
            ) as used,
            coalesce(input, 0) + cache_tokens(cache_read, cache_write) = 0 as has_no_usage,
            prompt_parts("system", asked.tools, input_messages) as sent
        from timed
    )
select
    required(id, 'id') as request_id,
    answered.id as response_id,
    inference_id as logical_request_id,
    hash('tensorzero', id) as dedupe_key,
    file_id,
    required(after_ms(ended, - coalesce(response_time_ms, 0)), 'a UUIDv7 or timestamp') as started_at,
    after_ms(ended, ttft_ms - response_time_ms) as first_token_at,
    case when response_time_ms is not null then ended end as ended_at,
    'tensorzero' as gateway,
    hosted_provider(model_provider_name) as provider_name,
    coalesce(asked.model, split_part(model_name, '::', -1)) as request_model,
    model_name as model_group,
    answered.model as response_model,
    'chat' as operation_name,
    case when not has_no_usage then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when not has_no_usage then used.output_tokens end as output_tokens,
    case when has_no_usage then 'missing' else 'provider' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    asked.service_tier as service_tier,
    is_of_batch as is_batch,
    'ok' as status,
    label(finish_reason) as finish_reason,
    case when ttft_ms is not null then true end as is_stream,
    flag(cached) as gateway_cache_hit,
    cast(cost as decimal(18, 12)) as reported_cost_usd,
    tokens(coalesce(asked.max_completion_tokens, asked.max_tokens)) as max_tokens_requested,
    asked.temperature as temperature,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of("output") as output_hash,
    chars("output") as output_chars
from based
