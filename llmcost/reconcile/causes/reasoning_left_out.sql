/*
place: 10
title: reasoning left out
says: Reasoning tokens are not billed.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd - micro_usd(reasoning_tokens, price.reasoning) as expected_micro_usd,
    '' as evidence
from gaps
where reasoning_tokens > 0
