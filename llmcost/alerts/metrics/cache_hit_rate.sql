/*
title: Cache hit rate
answers: How much of the input of each slot came from a provider's cache?
inputs: [events]
unit: share
kind: share
says: read {value} of its input from caches
shows: llmcost report cache --by key
*/
select
    name,
    slot,
    0 as bucket,
    count(*) as samples,
    sum(cache_read_input_tokens) as amount,
    sum(input_tokens) as base
from events
where is_answer and cache_read_input_tokens is not null and input_tokens > 0
group by name, slot
order by name, slot
