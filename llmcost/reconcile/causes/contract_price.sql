/*
place: 1
title: contract price
says: The gateway reports what our book says after contract or reservation, not the list price.
inputs: [gaps]
*/
select dedupe_key, contract_micro_usd as expected_micro_usd, '' as evidence
from gaps
where contract_micro_usd <> list_micro_usd
