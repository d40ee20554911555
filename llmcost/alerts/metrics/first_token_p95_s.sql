/*
title: P95 time to first token
answers: How many streams of each slot kept their reader waiting how long, in steps of 5 %?
inputs: [events]
unit: s
kind: p95
says: took {value} to the first token at P95
shows: llmcost report latency --by provider,model
*/
select
    name,
    slot,
    -- of milliseconds, the power of 1.05 that is not less
    cast(ceil(ln(greatest(first_token_wait_us, 1000) / 1000.0) / ln(1.05)) as integer) as bucket,
    count(*) as samples,
    count(*) as amount,
    count(*) as base
from events
where is_answer and first_token_wait_us is not null
group by name, slot, bucket
order by name, slot, bucket
