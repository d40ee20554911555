/*
title: Overview
answers: What do requests cost, how fast and how reliable are they, and how well are they used, at a glance?
by: [provider, model]
measure: cost_usd
sums: [requests, errors, cost_usd, cache_reporting_requests, fallback_reporting_requests]
bases:
  cached_share: [cache_reporting_requests]
  fallback_share: [fallback_reporting_requests]
hide_when_narrow:
  - tokens_per_request
  - latency_p50_ms
  - first_token_p50_ms
  - output_per_input
  - fallback_share
  - errors
  - cost_per_request_usd
  - cost_share
  - cached_share
  - latency_p95_ms
  - error_share
  - requests
notes: |
  One line of each, as the views say it that are about it alone:

  - `requests`, `cost_usd`, `cost_share`, `cost_per_request_usd`
  - `tokens_per_request`: input and output, of requests that tell both; `output_per_input`: of the same
  - `cached_share`: of the input of the `cache_reporting_requests`
  - `latency_p50_ms`, `latency_p95_ms`, `first_token_p50_ms`: of the requests that latency looks at, streamed and not
  - `errors`, `error_share`: without what a gateway refused by itself, which reached no provider ([errors](#errors))
  - `fallback_share`: requests that the log calls a fallback, of the `fallback_reporting_requests`, those for which it tells
*/
with
    seen as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            input_tokens,
            output_tokens,
            cost_usd,
            error_kind,
            case
                when cache_hit is distinct from true then cache_read_input_tokens
            end as provider_cached_tokens,
            case
                when
                    cache_hit is distinct from true
                    and coalesce(cache_read_input_tokens, cache_write_input_tokens) is not null
                then input_tokens
            end as reporting_tokens,
            -- which requests have a wait to speak of: see latency.sql
            case
                when error_kind is null and not is_batch and cache_hit is distinct from true then duration_us
            end as duration_us,
            case
                when error_kind is null and not is_batch and cache_hit is distinct from true
                then first_token_wait_us
            end as first_token_wait_us,
            fallback_index
        from scope
    ),
    summed as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            count(*) as requests,
            count(case when error_kind <> 'refused_by_gateway' then 1 end) as errors,
            count(case when error_kind is distinct from 'refused_by_gateway' then 1 end) as sent_requests,
            sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens,
            sum(cost_usd) as cost_usd,
            count(cost_usd) as costed_requests,
            count(
                case when input_tokens is not null and output_tokens is not null then 1 end
            ) as counted_requests,
            sum(case when output_tokens is not null then input_tokens end) as counted_input_tokens,
            sum(case when input_tokens is not null then output_tokens end) as counted_output_tokens,
            sum(provider_cached_tokens) as cached_tokens,
            sum(reporting_tokens) as reporting_tokens,
            count(reporting_tokens) as cache_reporting_requests,
            percentile_disc(0.5) within group (order by duration_us) as latency_p50_us,
            percentile_disc(0.95) within group (order by duration_us) as latency_p95_us,
            percentile_disc(0.5) within group (order by first_token_wait_us) as first_token_p50_us,
            count(fallback_index) as fallback_reporting_requests,
            count(case when fallback_index > 0 then 1 end) as fallbacks
        from seen
        group by grouping sets ((group_1, group_2, group_3, group_4), ())
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    requests,
    cost_usd,
    cast(cost_usd as double)
    / nullif(cast(sum(cost_usd) over (partition by is_total) as double), 0) as cost_share,
    cast(cost_usd as double) / cast(nullif(costed_requests, 0) as double) as cost_per_request_usd,
    cast(counted_input_tokens + counted_output_tokens as double)
    / cast(nullif(counted_requests, 0) as double) as tokens_per_request,
    cast(counted_output_tokens as double)
    / cast(nullif(counted_input_tokens, 0) as double) as output_per_input,
    cache_reporting_requests,
    cast(cached_tokens as double) / cast(nullif(reporting_tokens, 0) as double) as cached_share,
    cast(latency_p50_us as double) / cast(1000 as double) as latency_p50_ms,
    cast(latency_p95_us as double) / cast(1000 as double) as latency_p95_ms,
    cast(first_token_p50_us as double) / cast(1000 as double) as first_token_p50_ms,
    errors,
    cast(errors as double) / cast(nullif(sent_requests, 0) as double) as error_share,
    fallback_reporting_requests,
    cast(fallbacks as double) / cast(nullif(fallback_reporting_requests, 0) as double) as fallback_share
from summed
order by
    cost_usd desc nulls last,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
