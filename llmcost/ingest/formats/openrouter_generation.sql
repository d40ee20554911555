/*
title: OpenRouter generations
answers: Answers of OpenRouter's GET /generation as JSON lines or one a file, with the tokens that are billed.
source: OpenRouter API reference, get a generation
recognise:
  - {native_tokens_prompt: , total_cost: }
  - {native_tokens_prompt: , native_tokens_completion: , total_cost: , provider_name: , generation_time: }
macros: [openrouter]
required: [id, created_at]
columns:
  id: text
  upstream_id: text
  created_at: time
  model: text
  provider_name: text
  api_type: text
  streamed: flag
  cancelled: flag
  finish_reason: text
  latency: number
  generation_time: number
  tokens_prompt: tokens
  tokens_completion: tokens
  native_tokens_prompt: tokens
  native_tokens_completion: tokens
  native_tokens_reasoning: tokens
  native_tokens_cached: tokens
  total_cost: number
  num_search_results: tokens
  upstream_inference_cost: number
  is_byok: flag
  external_user: text
  service_tier: text
  data_region: text
  session_id: text
  provider_responses: [{status: number}]
*/
with
    counted as (
        select
            *,
            -- tokens_prompt is of one tokenizer for all models; the native counts are billed
            coalesce(tokens(native_tokens_prompt), tokens(tokens_prompt)) as sent,
            resolve_usage(
                coalesce(tokens(native_tokens_prompt), tokens(tokens_prompt)),
                coalesce(tokens(native_tokens_completion), tokens(tokens_completion)),
                cache_read := tokens(native_tokens_cached),
                reasoning := tokens(native_tokens_reasoning)
            ) as used,
            coalesce(flag(cancelled), false) as is_cancelled
        from records
    )
select
    required(id, 'id') as request_id,
    upstream_id as response_id,
    session_id,
    case when len(provider_responses) > 0 then len(provider_responses) - 1 end as fallback_index,
    hash('openrouter', id) as dedupe_key,
    file_id,
    required(utc(created_at), 'created_at') as started_at,
    -- documented as the whole latency, but of streams it is the time to the first token
    case
        when flag(streamed) and latency < generation_time then after_ms(utc(created_at), latency)
    end as first_token_at,
    after_ms(utc(created_at), greatest(latency, generation_time)) as ended_at,
    'openrouter' as gateway,
    openrouter_provider(provider_name) as provider_name,
    model as request_model,
    openrouter_served(model, null) as response_model,
    nullif(data_region, 'global') as region,
    case
        when api_type = 'embeddings'
        then 'embeddings'
        when coalesce(api_type, 'completions') in ('completions', 'responses', 'messages')
        then 'chat'
        else api_type
    end as operation_name,
    case when sent > 0 then used.input_tokens end as input_tokens,
    case when sent > 0 then tokens(native_tokens_cached) end as cache_read_input_tokens,
    case when sent > 0 then used.output_tokens end as output_tokens,
    case when sent > 0 then tokens(native_tokens_reasoning) end as reasoning_output_tokens,
    case when tokens(num_search_results) > 0 then 'search_source' end as billed_unit,
    nullif(tokens(num_search_results), 0) as billed_units,
    case
        when coalesce(sent, 0) = 0
        then 'missing'
        when native_tokens_prompt is null
        then 'gateway_estimate'
        else 'provider'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    service_tier,
    false as is_batch,
    case
        when is_cancelled
        then 'cancelled'
        when finish_reason = 'error' or provider_responses[-1].status >= 400
        then 'error'
        else 'ok'
    end as status,
    try_cast(provider_responses[-1].status as smallint) as http_status_code,
    label(finish_reason) as finish_reason,
    flag(streamed) as is_stream,
    external_user as end_user_id,
    openrouter_cost(total_cost, case when flag(is_byok) then upstream_inference_cost end) as reported_cost_usd
from counted
