/*
place: 13
title: service level ignored
says: The price is that of another service level, so that batch, flex or priority went unseen.
inputs: [alternatives]
*/
select
    dedupe_key,
    expected_micro_usd,
    case when context = '' then 'as standard' else concat('as ', context) end as evidence
from alternatives
where is_period and is_tier and is_hour and not is_context
