/*
title: Counted by the provider and logged
answers: Which of the tokens that a provider counted are in these logs, by day and model?
inputs: [scope, used]
params:
  provider: null  # whose requests are meant; null: all
  first_day: 2026-11-01  # the days that the report covers, both included
  last_day: 2026-11-30
  is_by_model: true  # false: the report names no model
*/
with
    logged as (
        select
            day,
            case when $is_by_model then model end as model,
            count(*) as requests,
            sum(case when price_status = 'usage missing' then 1 else 0 end) as usage_missing,
            sum(input_tokens) as input_tokens,
            sum(cache_read_input_tokens) as cache_read_tokens,
            sum(cache_write_input_tokens) as cache_write_tokens,
            sum(output_tokens) as output_tokens
        from scope
        where
            day >= cast($first_day as date)
            and day <= cast($last_day as date)
            and (cast($provider as varchar) is null or coalesce(provider, $provider) = $provider)
            -- what a gateway's own cache answered, no provider has counted
            and coalesce(cache_hit, false) = false
        group by day, case when $is_by_model then model end
    ),
    counted as (
        select
            day,
            model,
            sum(requests) as requests,
            sum(input_tokens) as input_tokens,
            sum(cache_read_tokens) as cache_read_tokens,
            sum(cache_write_tokens) as cache_write_tokens,
            sum(output_tokens) as output_tokens
        from used
        group by day, model
    )
select
    coalesce(counted.day, logged.day) as day,
    coalesce(counted.model, logged.model) as model,
    cast(counted.requests as bigint) as provider_requests,
    cast(coalesce(logged.requests, 0) as bigint) as requests,
    cast(coalesce(logged.usage_missing, 0) as bigint) as usage_missing,
    cast(counted.input_tokens as bigint) as provider_input_tokens,
    cast(logged.input_tokens as bigint) as input_tokens,
    cast(counted.cache_read_tokens as bigint) as provider_cache_read_tokens,
    cast(logged.cache_read_tokens as bigint) as cache_read_tokens,
    cast(counted.cache_write_tokens as bigint) as provider_cache_write_tokens,
    cast(logged.cache_write_tokens as bigint) as cache_write_tokens,
    cast(counted.output_tokens as bigint) as provider_output_tokens,
    cast(logged.output_tokens as bigint) as output_tokens,
    cast(
        coalesce(counted.input_tokens, 0)
        + coalesce(counted.output_tokens, 0)
        - coalesce(logged.input_tokens, 0)
        - coalesce(logged.output_tokens, 0) as bigint
    ) as difference_tokens,
    case
        when counted.input_tokens + counted.output_tokens > 0
        then
            least(
                cast(coalesce(logged.input_tokens, 0) + coalesce(logged.output_tokens, 0) as double)
                / cast(counted.input_tokens + counted.output_tokens as double),
                1
            )
    end as explained_share
from counted
full join logged on counted.day = logged.day and counted.model is not distinct from logged.model
order by day, model nulls last
