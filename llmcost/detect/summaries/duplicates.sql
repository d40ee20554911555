/*
title: Repeated answers
answers: How many different answers were paid for again, and how old were they?
inputs: [own_hits]
*/
select
    group_no,
    certainty,
    evidence_tier,
    count(distinct output_hash) as different_answers,
    cast(percentile_disc(0.5) within group (order by age_us) / 1000 as bigint) as age_p50_ms,
    cast(count(*) as varchar)
    || case when count(*) = 1 then ' answer was there already, ' else ' answers were there already, ' end
    || cast(count(distinct output_hash) as varchar)
    || case when count(distinct output_hash) = 1 then ' different one; half' else ' different ones; half' end
    || ' of them not older than '
    || cast(cast(percentile_disc(0.5) within group (order by age_us) / 1000000 as bigint) as varchar)
    || ' s' as evidence
from own_hits
group by group_no, certainty, evidence_tier
