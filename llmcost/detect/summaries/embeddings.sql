/*
title: Repeated documents
answers: How many texts were embedded again, how many of a batch were as before, and how regularly?
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
            percentile_disc(0.5) within group (order by age_us) as age_us
        from own_hits
        group by group_no, certainty, evidence_tier
    ),
    named as (
        select
            *,
            cast(repeated_items as double) / items as unchanged_share,
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
    cast(repeated_items as varchar)
    || ' of '
    || cast(items as varchar)
    || case when items = 1 then ' text had been embedded before' else ' texts had been embedded before' end
    || case
        when unchanged_share >= 0.8 and cadence <> 'irregular'
        then ': a full ' || cadence || ' re-index of what has hardly changed'
        when cadence <> 'irregular'
        then ', ' || cadence
        else ''
    end as evidence
from named
