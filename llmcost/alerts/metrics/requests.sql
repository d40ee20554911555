/*
title: Requests
answers: How many requests ended in each slot?
inputs: [events]
unit: requests
kind: sum
says: made {value}
shows: llmcost report cost --by model
*/
select name, slot, 0 as bucket, count(*) as samples, count(*) as amount, count(*) as base
from events
group by name, slot
order by name, slot
