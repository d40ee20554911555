/*
place: 14
title: tier ignored
says: The price is that of a shorter or a longer request.
inputs: [alternatives]
*/
select
    dedupe_key,
    expected_micro_usd,
    case
        when tier_over < 0
        then concat('as up to ', tier_up_to, ' tokens')
        else concat('as over ', tier_over, ' tokens')
    end as evidence
from alternatives
where is_period and is_context and is_hour and not is_tier
