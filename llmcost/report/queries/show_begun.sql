/*
title: Requests whose ids begin with a text
answers: Which requests have an id from here up to there?
inputs: [requests]
params:
  first: null
  last: null
*/
with
    named as (
        select request_id, request_id as id
        from requests
        where request_id >= $first and request_id < $last
        union all
        select request_id, response_id as id
        from requests
        where response_id >= $first and response_id < $last
    )
select request_id, min(id) as id
from named
group by request_id
order by id, request_id
limit 4
