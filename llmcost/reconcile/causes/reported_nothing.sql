/*
place: 3
title: reported as 0
says: The gateway reports 0 for a model that has a price, since it does not know the model, or the key is your own.
inputs: [gaps]
*/
select dedupe_key, cast(0 as decimal(30, 9)) as expected_micro_usd, '' as evidence
from gaps
where full_micro_usd > 0
