/*
title: Calls
answers: Which requests can be repetitions, could their answers be used, and which prompt had they?
inputs: [single_requests]
*/
-- What the queries about repetition read of a request: whether its answer could be used, and its prompt.
select
    dedupe_key,
    key,
    "user",
    end_user,
    provider,
    model,
    operation,
    logical_request_id,
    prompt_hash,
    output_hash,
    started_us,
    coalesce(ended_us, started_us) as ended_us,
    ended_us is not null as has_end,
    attempt_number,
    fallback_index,
    temperature,
    http_status_code,
    error_type,
    finish_reason,
    status,
    price_status,
    input_tokens,
    input_usd_per_token,
    cost_usd,
    -- failed, filtered, cut off or broken
    error_kind is not null
    or coalesce(is_truncated, false)
    or coalesce(finish_reason, 'stop')
    in ('error', 'ERROR', 'MALFORMED_FUNCTION_CALL', 'OTHER') as is_unusable,
    -- gave up, or was cut off: the provider may have worked all the same
    input_tokens is null
    and (
        status = 'cancelled'
        or http_status_code = 408
        or http_status_code >= 499
        or error_type ilike '%time%out%'
    ) as is_unobserved
from single_requests
where not is_batch and cache_hit is distinct from true
