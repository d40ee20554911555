/*
title: Error share
answers: How many of the requests of each slot failed, without those that the gateway itself refused?
inputs: [events]
unit: share
kind: low_share
least: 5  # failures; fewer are chance
says: failed {amount} of {base} requests ({share})
shows: llmcost report errors --by model
*/
select name, slot, 0 as bucket, count(*) as samples, count(error_kind) as amount, count(*) as base
from events
where error_kind is distinct from 'refused_by_gateway'
group by name, slot
order by name, slot
