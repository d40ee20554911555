/*
title: The requests of an id
answers: Which requests have this id, or an answer that has it?
inputs: [requests]
params:
  request: null
*/
-- two scans for one value each are faster than one for either
select dedupe_key
from requests
where request_id = $request
union
select dedupe_key
from requests
where response_id = $request
