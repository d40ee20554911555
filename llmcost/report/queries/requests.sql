/*
title: Requests
answers: What is each request that is known by itself, and what did it cost?
*/
select
    request_id,
    started_at,
    group_1,
    group_2,
    group_3,
    group_4,
    input_tokens,
    cache_read_input_tokens as cached_tokens,
    output_tokens,
    input_tokens + output_tokens as total_tokens,
    cast(duration_us as double) / cast(1000 as double) as latency_ms,
    status,
    cost_usd,
    dedupe_key
from scope
where usage_basis <> 'run'
