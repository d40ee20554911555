/*
title: Saved
answers: What do all detectors save together, each request and each dollar once?
inputs: [claims]
*/
-- A request that two detectors point at is one request, and the best that one of them does for it is what
-- it saves, less what is claimed by detectors that nobody asked for.
with
    each_request as (
        select
            dedupe_key,
            max(standalone_usd) as saving_usd,
            max(standalone_low_usd) as saving_low_usd,
            max(standalone_high_usd) as saving_high_usd,
            min(claimed_usd) as claimed_usd
        from claims
        group by dedupe_key
    ),
    left_over as (
        select
            dedupe_key,
            saving_usd - least(saving_usd, claimed_usd) as saving_usd,
            saving_low_usd - least(saving_low_usd, claimed_usd) as saving_low_usd,
            saving_high_usd - least(saving_high_usd, claimed_usd) as saving_high_usd
        from each_request
    )
select
    count(*) as requests,
    count(*) - count(saving_usd) as unknown_requests,
    -- nothing found saves nothing; found without a price saves nobody knows what
    case when count(*) = 0 then 0 else sum(saving_usd) end as saving_usd,
    case when count(*) = 0 then 0 else sum(saving_low_usd) end as saving_low_usd,
    case when count(*) = 0 then 0 else sum(saving_high_usd) end as saving_high_usd
from left_over
