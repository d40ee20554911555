/*
place: 7
title: 1-hour writes as 5-minute ones
says: Tokens written to the cache for an hour are billed at the price of five minutes.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd
    + micro_usd(long_write_tokens, price.cache_write - price.cache_write_1h) as expected_micro_usd,
    '' as evidence
from gaps
where long_write_tokens > 0
