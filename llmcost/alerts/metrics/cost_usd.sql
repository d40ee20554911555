/*
title: Cost
answers: What did the requests of each slot cost?
inputs: [events]
unit: usd
kind: sum
says: spent {value}
shows: llmcost report cost --by model
*/
select name, slot, 0 as bucket, count(*) as samples, sum(cost_usd) as amount, count(cost_usd) as base
from events
group by name, slot
order by name, slot
