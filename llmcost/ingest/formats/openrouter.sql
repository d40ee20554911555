/*
title: OpenRouter activity export
answers: The CSV of the Activity page with one row per generation; its columns vary, failed calls are not in it.
source: OpenRouter activity exports; header lines in public repositories
recognise:
  - {generation_id: , model_permaslug: }
  - {generation_id: , model_permaslug: , tokens_prompt: , created_at: }
macros: [openrouter]
required: [generation_id, created_at]
columns:
  generation_id: text
  created_at: time
  cost_total: number
  cost_web_search: number
  cost_file_processing: number
  byok_usage_inference: number
  tokens_prompt: tokens
  tokens_completion: tokens
  tokens_reasoning: tokens
  tokens_cached: tokens
  model_permaslug: text
  provider_name: text
  variant: text
  cancelled: flag
  streamed: flag
  user: text
  finish_reason_normalized: text
  generation_time_ms: number
  time_to_first_token_ms: number
  api_key_name: text
  app_name: text
*/
with
    counted as (
        select
            *,
            coalesce(flag(streamed), time_to_first_token_ms > 0) as is_stream,
            contains(model_permaslug, 'embed') as is_embedding,
            tokens(tokens_prompt) as sent,
            resolve_usage(
                tokens(tokens_prompt),
                tokens(tokens_completion),
                cache_read := tokens(tokens_cached),
                reasoning := tokens(tokens_reasoning)
            ) as used
        from records
    )
select
    required(generation_id, 'generation_id') as request_id,
    hash('openrouter', generation_id) as dedupe_key,
    file_id,
    required(utc(created_at), 'created_at') as started_at,
    case
        when is_stream then after_ms(utc(created_at), nullif(time_to_first_token_ms, 0))
    end as first_token_at,
    after_ms(utc(created_at), generation_time_ms) as ended_at,
    'openrouter' as gateway,
    openrouter_provider(provider_name) as provider_name,
    case
        when coalesce(variant, 'standard') <> 'standard' and not contains(model_permaslug, ':')
        then concat(model_permaslug, ':', variant)
        else model_permaslug
    end as request_model,
    openrouter_served(model_permaslug, variant) as response_model,
    case when is_embedding then 'embeddings' else 'chat' end as operation_name,
    case when sent > 0 then used.input_tokens end as input_tokens,
    case when sent > 0 then tokens(tokens_cached) end as cache_read_input_tokens,
    case when sent > 0 then used.output_tokens end as output_tokens,
    case when sent > 0 then tokens(tokens_reasoning) end as reasoning_output_tokens,
    -- what a search or a file cost depends on the engine; the book has no fee of OpenRouter's for either
    case
        when cost_web_search > 0 then 'search_source' when cost_file_processing > 0 then 'page'
    end as billed_unit,
    case when cost_web_search > 0 or cost_file_processing > 0 then 1 end as billed_units,
    case when sent > 0 then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case
        when flag(cancelled) then 'cancelled' when finish_reason_normalized = 'error' then 'error' else 'ok'
    end as status,
    label(finish_reason_normalized) as finish_reason,
    is_stream,
    api_key_name as api_key_alias,
    app_name as project_id,
    "user" as user_id,
    openrouter_cost(cost_total, byok_usage_inference) as reported_cost_usd
from counted
