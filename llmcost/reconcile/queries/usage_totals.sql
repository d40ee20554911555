/*
title: Counted by the provider and logged in total
answers: Which of the tokens that a provider counted are in these logs?
inputs: [compared_usage]
*/
select
    cast(sum(provider_requests) as bigint) as provider_requests,
    cast(sum(requests) as bigint) as requests,
    cast(sum(usage_missing) as bigint) as usage_missing,
    cast(sum(provider_input_tokens) as bigint) as provider_input_tokens,
    cast(sum(input_tokens) as bigint) as input_tokens,
    cast(sum(provider_cache_read_tokens) as bigint) as provider_cache_read_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(provider_cache_write_tokens) as bigint) as provider_cache_write_tokens,
    cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(provider_output_tokens) as bigint) as provider_output_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(difference_tokens) as bigint) as difference_tokens,
    -- day by day and model by model, so that one day's surplus does not hide another's hole
    sum(explained_share * cast(provider_input_tokens + provider_output_tokens as double)) / nullif(
        sum(
            case
                when explained_share is not null
                then cast(provider_input_tokens + provider_output_tokens as double)
            end
        ),
        0
    ) as explained_share
from compared_usage
