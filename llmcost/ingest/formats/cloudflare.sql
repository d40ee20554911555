/*
title: Cloudflare AI Gateway logs
answers: What its REST API lists; there is no split by cache, so cached input is priced in full.
source: Cloudflare API reference, AI Gateway, List Gateway Logs; no record of a real run seen
recognise:
  - {tokens_in: , tokens_out: , request_type: }
  - {tokens_in: , tokens_out: , provider: , cached: , created_at: }
  - {tokens_in: , tokens_out: , provider: , cached: , step: , request_type: }
  - {created_at: , status_code: , success: , provider: , model_type: }
macros: [gateways, hosted]
required: [id, created_at]
columns:
  id: text
  created_at: time
  duration: number
  provider: text
  model: text
  path: text
  request_type: text
  status_code: tokens
  success: flag
  cached: flag
  step: tokens
  tokens_in: tokens
  tokens_out: tokens
  cost: number
  metadata: json
parsed:
  labels:
    from: metadata
    columns: {test_case: text, test_run: text, user_id: text, session_id: text}
*/
with
    counted as (
        select
            *,
            tokens(tokens_in) as input,
            coalesce(path_operation(concat('/', path)), 'chat') as operation,
            coalesce(
                tokens(tokens_out), case when operation = 'embeddings' and tokens_in <> '0' then 0 end
            ) as output,
            coalesce(flag(success), tokens(status_code) < 400) as is_success
        from records
    ),
    based as (select *, resolve_usage(input, output, input_basis := 'unknown') as used from counted)
select
    required(id, 'id') as request_id,
    labels.session_id as session_id,
    labels[case_key()] as case_id,
    labels.test_run as case_run,
    tokens(step) as fallback_index,  -- 0 is the first of a universal request's providers
    hash('cloudflare', id) as dedupe_key,
    file_id,
    required(utc(created_at), 'created_at') as started_at,
    after_ms(utc(created_at), duration) as ended_at,
    'cloudflare' as gateway,
    hosted_provider(provider) as provider_name,
    nullif(model, '') as request_model,
    operation as operation_name,
    case when input > 0 then used.input_tokens end as input_tokens,
    case when input > 0 then used.output_tokens end as output_tokens,
    case when input > 0 then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case when is_success then 'ok' when tokens(status_code) = 499 then 'cancelled' else 'error' end as status,
    tokens(status_code) as http_status_code,
    -- the gateway's own data loss prevention, not the provider
    case when tokens(status_code) = 424 then 'blocked_by_dlp' end as error_type,
    labels.user_id as user_id,
    tag_list(metadata) as tags,
    flag(cached) as gateway_cache_hit,
    cast(cost as decimal(18, 12)) as reported_cost_usd
from based
