/*
place: 8
title: cache left out
says: Cached tokens are not billed at all.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd - micro_usd(text_read_tokens, price.cache_read) as expected_micro_usd,
    'reads' as evidence
from gaps
where text_read_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd
    - micro_usd(short_write_tokens, price.cache_write)
    - micro_usd(long_write_tokens, price.cache_write_1h) as expected_micro_usd,
    'writes' as evidence
from gaps
where short_write_tokens + long_write_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd - micro_usd(short_write_tokens, price.cache_write) as expected_micro_usd,
    '5-minute writes' as evidence
from gaps
where short_write_tokens > 0 and long_write_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd - micro_usd(long_write_tokens, price.cache_write_1h) as expected_micro_usd,
    '1-hour writes' as evidence
from gaps
where short_write_tokens > 0 and long_write_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd
    - micro_usd(text_read_tokens, price.cache_read)
    - micro_usd(short_write_tokens, price.cache_write)
    - micro_usd(long_write_tokens, price.cache_write_1h) as expected_micro_usd,
    'reads and writes' as evidence
from gaps
where text_read_tokens > 0 and short_write_tokens + long_write_tokens > 0
