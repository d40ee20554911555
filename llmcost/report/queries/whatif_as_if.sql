/*
title: The same requests at another price
answers: What would the requests that are asked about cost?
inputs: [scope, as_it_was]
*/
select scope.request_id, scope.dedupe_key, scope.model as other_model, scope.cost_usd, scope.price_status
from scope
inner join as_it_was on scope.dedupe_key = as_it_was.dedupe_key and scope.request_id = as_it_was.request_id
