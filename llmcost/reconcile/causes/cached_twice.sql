/*
place: 5
title: cached tokens billed twice
says: Cached tokens are billed as cached and once more as input, since the input was not reduced by them.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd + micro_usd(text_read_tokens, price.input) as expected_micro_usd,
    'reads' as evidence
from gaps
where text_read_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd + micro_usd(short_write_tokens + long_write_tokens, price.input) as expected_micro_usd,
    'writes' as evidence
from gaps
where short_write_tokens + long_write_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd
    + micro_usd(text_read_tokens + short_write_tokens + long_write_tokens, price.input) as expected_micro_usd,
    'reads and writes' as evidence
from gaps
where text_read_tokens > 0 and short_write_tokens + long_write_tokens > 0
