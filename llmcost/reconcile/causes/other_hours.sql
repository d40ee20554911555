/*
place: 17
title: price of other hours
says: The price is that of other hours of the day or other days of the week.
inputs: [alternatives]
*/
select dedupe_key, expected_micro_usd, '' as evidence
from alternatives
where is_context and is_tier and is_period and not is_hour
