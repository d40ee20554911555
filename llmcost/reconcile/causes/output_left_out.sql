/*
place: 11
title: output left out
says: Output is not billed, or only its reasoning is.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd
    - micro_usd(text_output_tokens, price.output)
    - micro_usd(reasoning_tokens, price.reasoning) as expected_micro_usd,
    'all' as evidence
from gaps
where text_output_tokens + reasoning_tokens > 0
union all
select
    dedupe_key,
    full_micro_usd - micro_usd(text_output_tokens, price.output) as expected_micro_usd,
    'all but reasoning' as evidence
from gaps
where text_output_tokens > 0 and reasoning_tokens > 0
