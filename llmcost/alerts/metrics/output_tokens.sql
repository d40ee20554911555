/*
title: Output tokens
answers: How many tokens were written in each slot?
inputs: [events]
unit: tokens
kind: sum
says: got {value} of output
shows: llmcost report cost --by model
*/
select
    name, slot, 0 as bucket, count(*) as samples, sum(output_tokens) as amount, count(output_tokens) as base
from events
group by name, slot
order by name, slot
