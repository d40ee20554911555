/*
title: Unpriced requests
answers: Which models and service levels have no price, and how much traffic is behind them?
*/
select
    provider_name,
    model_named,
    deployment_id,
    price_status,
    service_tier,
    speed,
    inference_geo,
    search_context_size,
    is_batch,
    count(*) as requests,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    min(started_at) as first_at,
    max(started_at) as last_at
from scope
where price_status not in ('priced', 'provisioned', 'gateway cache', 'no usage', 'usage missing')
group by
    provider_name,
    model_named,
    deployment_id,
    price_status,
    service_tier,
    speed,
    inference_geo,
    search_context_size,
    is_batch
order by
    requests desc,
    provider_name nulls last,
    model_named nulls last,
    deployment_id nulls last,
    price_status,
    service_tier nulls last,
    speed nulls last,
    inference_geo nulls last,
    search_context_size nulls last,
    is_batch
