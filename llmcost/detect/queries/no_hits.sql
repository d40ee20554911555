/*
title: No hits
answers: What have the hits of all detectors in common, where there are none?
inputs: []
*/
select
    cast(null as integer) as place,
    cast(null as varchar) as detector,
    cast(null as boolean) as is_asked,
    cast(null as ubigint) as dedupe_key,
    cast(null as varchar) as finding,
    cast(null as decimal(38, 21)) as saving_usd,
    cast(null as decimal(38, 21)) as saving_low_usd,
    cast(null as decimal(38, 21)) as saving_high_usd,
    cast(null as varchar) as certainty,
    cast(null as varchar) as evidence,
    cast(null as varchar) as evidence_tier
where false
