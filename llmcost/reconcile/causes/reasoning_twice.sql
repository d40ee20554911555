/*
place: 9
title: reasoning counted twice
says: Reasoning tokens, which the output includes, are added to it once more.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd + micro_usd(reasoning_tokens, price.reasoning) as expected_micro_usd,
    '' as evidence
from gaps
where reasoning_tokens > 0
