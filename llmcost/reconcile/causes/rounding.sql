/*
place: 19
title: rounding
says: The reported cost is ours, rounded to the decimals that its reporter writes.
inputs: [gaps]
*/
select dedupe_key, reported_micro_usd as expected_micro_usd, concat('to ', decimals, ' decimals') as evidence
from gaps
where abs(reported_micro_usd - list_micro_usd) <= half_unit_micro_usd
