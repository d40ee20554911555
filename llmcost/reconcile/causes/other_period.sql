/*
place: 16
title: price of another period
says: The price is the model's earlier or later one, not that of the request's day.
inputs: [alternatives]
*/
select
    dedupe_key,
    expected_micro_usd,
    concat(
        'the price from ',
        coalesce(
            cast(cast(nullif(valid_from, timestamp '0001-01-01 00:00:00') as date) as varchar), 'the start'
        )
    ) as evidence
from alternatives
where is_context and is_tier and is_hour and not is_period
