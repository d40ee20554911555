/*
title: All that is known of one request
answers: What has the log said of the requests of an id, and what is made of it?
inputs: [dimensions, wanted]
*/
select dimensions.*
from wanted
inner join dimensions on wanted.dedupe_key = dimensions.dedupe_key
order by dimensions.started_at, dimensions.request_id, dimensions.dedupe_key
