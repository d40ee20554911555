/*
title: Repeated documents
answers: How many texts were embedded again, or seem to have been, how many of a batch were as before, and how regularly?
inputs: [own_hits]
*/
with
    sums as (
        select
            group_no,
            certainty,
            evidence_tier,
            cast(sum(items) as bigint) as items,
            cast(sum(repeated_items) as bigint) as repeated_items,
            cast(sum(repeated_tokens) as bigint) as repeated_tokens,
            count(is_same) as counted,
            cast(sum(case when is_compared then 1 else 0 end) as bigint) as compared,
            cast(sum(case when is_same then 1 else 0 end) as bigint) as same_counts,
            sum(case when is_same then share else 0 end) as same_requests,
            percentile_disc(0.5) within group (
                order by case when is_compared or is_compared is null then age_us end
            ) as age_us
        from own_hits
        group by group_no, certainty, evidence_tier
    ),
    named as (
        select
            *,
            case
                when counted > 0
                then cast(same_requests as double) / nullif(compared, 0)
                else cast(repeated_items as double) / items
            end as unchanged_share,
            same_counts - cast(same_requests - same_requests % 1 as bigint) as chances,
            case
                when age_us between 22 * 3600000000 and 26 * 3600000000
                then 'daily'
                when age_us between 6.5 * 86400000000 and 7.5 * 86400000000
                then 'weekly'
                when age_us between 3300000000 and 3900000000
                then 'hourly'
                else 'irregular'
            end as cadence
        from sums
    )
select
    group_no,
    certainty,
    evidence_tier,
    items,
    repeated_items,
    unchanged_share,
    cadence,
    repeated_tokens,
    case
        when counted > 0
        then
            cast(same_counts as varchar)
            || ' of '
            || cast(compared as varchar)
            || ' requests have as many tokens as one of the run before'
            || case when cadence <> 'irregular' then ', ' || cadence else '' end
            || '; by chance '
            || cast(chances as varchar)
        else
            cast(repeated_items as varchar)
            || ' of '
            || cast(items as varchar)
            || case
                when items = 1 then ' text had been embedded before' else ' texts had been embedded before'
            end
            || case
                when unchanged_share >= 0.8 and cadence <> 'irregular'
                then ': a full ' || cadence || ' re-index of what has hardly changed'
                when cadence <> 'irregular'
                then ', ' || cadence
                else ''
            end
    end as evidence,
    case
        when counted > 0
        then
            'Log the texts as hashes for two runs, which shows whether they are the same; if so, keep a hash of each document '
            || 'beside its vector, and embed only what is new or has changed.'
        else 'Keep a hash of each document beside its vector, and embed only what is new or has changed.'
    end as fix
from named
