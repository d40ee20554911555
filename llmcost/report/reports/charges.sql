/*
title: The charges of one request
answers: What are the parts of its cost?
params:
  request: null
*/
select request_id, dedupe_key, meter, quantity, rate, list_cost_usd, cost_usd
from charges
where request_id = $request or response_id = $request
order by request_id, dedupe_key, meter
