/*
place: 2
title: own cache billed
says: Answered from the gateway's own cache, which costs nothing, but reported with a cost.
inputs: [gaps]
*/
select dedupe_key, reported_micro_usd as expected_micro_usd, '' as evidence
from gaps
where price_status = 'gateway cache'
