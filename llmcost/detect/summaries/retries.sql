/*
title: Operations and attempts
answers: How many requests did one of a user's become, why, how fast were they sent again, and by which layer?
*/
with
    sent as (select group_no, cast(sum(requests) as bigint) as requests from routes group by group_no),
    pauses as (
        select
            *,
            lag(next_gap_us) over (
                partition by group_no, certainty, chain_key order by attempt nulls last, dedupe_key nulls last
            ) as gap_before_us
        from own_hits
    ),
    chains as (
        select
            group_no,
            certainty,
            chain_key,
            max(attempts) as attempts,
            sum(added_us) as added_us,
            case
                when max(next_gap_us) < 1000000
                then 'none'
                when count(*) = 1
                then 'one pause'
                when 10 * max(next_gap_us) <= 13 * min(next_gap_us)
                then 'fixed'
                when min(case when 2 * next_gap_us < 3 * gap_before_us then 0 else 1 end) = 1
                then 'exponential'
                else 'irregular'
            end as backoff,
            max(case when layer = 'gateway' then attempt end) is not null
            and max(case when layer = 'client' then attempt end) is not null as is_nested,
            max(layer) as layer
        from pauses
        group by group_no, certainty, chain_key
    ),
    backoffs as (
        select
            *,
            row_number() over (
                partition by group_no, certainty order by chains desc nulls last, backoff nulls last
            ) as place
        from
            (
                select group_no, certainty, backoff, count(*) as chains
                from chains
                group by group_no, certainty, backoff
            ) as counted
    ),
    errors as (
        select
            group_no,
            certainty,
            string_agg(
                error || ' ' || cast(attempts as varchar),
                ', '
                order by attempts desc nulls last, error nulls last
            ) as errors
        from
            (
                select group_no, certainty, error, count(*) as attempts
                from own_hits
                group by group_no, certainty, error
            ) as counted
        group by group_no, certainty
    ),
    operations as (
        select
            group_no,
            certainty,
            count(*) as operations,
            max(attempts) as longest,
            cast(
                percentile_disc(0.95) within group (order by added_us) / 1000 as bigint
            ) as added_latency_p95_ms,
            case
                when max(case when is_nested then 1 else 0 end) = 1
                then 'client x gateway'
                when min(layer) = max(layer)
                then min(layer)
                else 'client or gateway'
            end as layers
        from chains
        group by group_no, certainty
    ),
    resent as (
        select
            group_no,
            certainty,
            count(*) as requests,
            sum(case when error = '429' then 1 else 0 end) as rate_limited,
            cast(sum(input_tokens) as bigint) as resent_tokens,
            sum(unbilled_status_usd) as unbilled_status_usd,
            sum(unobserved_usd) as unobserved_usd
        from own_hits
        group by group_no, certainty
    )
select
    resent.group_no,
    resent.certainty,
    operations.operations,
    resent.requests + operations.operations as attempts,
    cast(sent.requests as double) / nullif(sent.requests - resent.requests, 0) as amplification,
    operations.longest,
    errors.errors,
    backoffs.backoff,
    operations.layers,
    operations.added_latency_p95_ms,
    resent.rate_limited,
    resent.resent_tokens,
    resent.unbilled_status_usd,
    resent.unobserved_usd,
    cast(operations.operations as varchar)
    || ' operations took '
    || cast(resent.requests + operations.operations as varchar)
    || ' attempts, at most '
    || cast(operations.longest as varchar)
    || ': '
    || errors.errors
    || '; backoff '
    || backoffs.backoff
    || ', sent again by '
    || operations.layers as evidence
from resent
inner join operations on resent.group_no = operations.group_no and resent.certainty = operations.certainty
inner join errors on resent.group_no = errors.group_no and resent.certainty = errors.certainty
inner join
    backoffs
    on resent.group_no = backoffs.group_no
    and resent.certainty = backoffs.certainty
    and backoffs.place = 1
inner join sent on resent.group_no = sent.group_no
