/*
title: Refused requests
answers: How many requests of each slot did the gateway itself refuse?
inputs: [events]
unit: requests
kind: sum
says: had {value} refused by the gateway
shows: llmcost report errors --by key
*/
select
    name,
    slot,
    0 as bucket,
    count(*) as samples,
    count(case when error_kind = 'refused_by_gateway' then 1 end) as amount,
    count(*) as base
from events
group by name, slot
order by name, slot
