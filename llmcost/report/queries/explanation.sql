/*
title: The cost of one request
answers: Which price applies to a request, how much of what was used, and what does it come to?
inputs: [priced_requests, wanted]
*/
select
    priced_requests.request_id,
    priced_requests.dedupe_key,
    started_at,
    provider_name,
    model_named,
    book_provider,
    book_model,
    price_how,
    price_status,
    price.context as service_level,
    price.valid_from,
    price.valid_to,
    price.tier_over,
    price.tier_up_to,
    price.is_always,
    price.minute_from,
    price.minute_to,
    price.assumed as assumed_rates,
    input_tokens,
    output_tokens,
    usage_basis,
    usage_evidence,
    multiplier,
    list_cost_usd,
    cost_usd,
    reported_cost_usd
from priced_requests
where priced_requests.dedupe_key in (select dedupe_key from wanted)
order by started_at, priced_requests.request_id, dedupe_key
