/*
title: The chain of one request
answers: What did the requests near a request come to, one after the other?
inputs: [dimensions, near]
*/
select
    dimensions.request_id,
    dimensions.dedupe_key,
    near.relation,
    near.of_requests,
    dimensions.started_at,
    dimensions.started_us,
    dimensions.ended_us,
    dimensions.provider,
    dimensions.model,
    dimensions.attempt_number,
    dimensions.fallback_index,
    dimensions.status,
    dimensions.http_status_code,
    dimensions.error_type,
    dimensions.finish_reason,
    dimensions.price_status,
    dimensions.cost_usd,
    dimensions.prompt_hash is not null as has_prompt
from near
inner join dimensions on near.dedupe_key = dimensions.dedupe_key
order by dimensions.started_at, dimensions.request_id, dimensions.dedupe_key
