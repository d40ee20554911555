/*
place: 6
title: cache ignored
says: Cached tokens are billed at the price of plain input, as if there were no cache.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd + micro_usd(text_read_tokens, price.input - price.cache_read) as expected_micro_usd,
    'reads' as evidence
from gaps
where text_read_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd
    + micro_usd(short_write_tokens, price.input - price.cache_write)
    + micro_usd(long_write_tokens, price.input - price.cache_write_1h) as expected_micro_usd,
    'writes' as evidence
from gaps
where short_write_tokens + long_write_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd
    + micro_usd(text_read_tokens, price.input - price.cache_read)
    + micro_usd(short_write_tokens, price.input - price.cache_write)
    + micro_usd(long_write_tokens, price.input - price.cache_write_1h) as expected_micro_usd,
    'reads and writes' as evidence
from gaps
where text_read_tokens > 0 and short_write_tokens + long_write_tokens > 0
