/*
place: 4
title: unit of cents
says: The reported figure is in cents, or was divided by 100 once too often.
inputs: [gaps]
*/
select
    dedupe_key,
    cast(
        cast(full_micro_usd as decimal(28, 9)) * cast(100 as decimal(3, 0)) as decimal(30, 9)
    ) as expected_micro_usd,
    'reported x 100' as evidence
from gaps
union all
select
    dedupe_key,
    cast(
        cast(full_micro_usd as decimal(28, 9)) * cast(0.01 as decimal(3, 2)) as decimal(30, 9)
    ) as expected_micro_usd,
    'reported / 100' as evidence
from gaps
