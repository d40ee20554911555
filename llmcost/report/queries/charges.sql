/*
title: The charges of one request
answers: What are the parts of its cost?
inputs: [charges, wanted]
*/
select request_id, dedupe_key, meter, quantity, rate, list_cost_usd, cost_usd
from charges
where dedupe_key in (select dedupe_key from wanted)
order by request_id, dedupe_key, meter
