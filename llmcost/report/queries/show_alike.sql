/*
title: Requests whose ids hold a text
answers: Which requests have an id with this text inside?
inputs: [requests]
params:
  request: null
*/
with
    named as (
        select request_id as id
        from requests
        where position($request in request_id) > 0
        union all
        select response_id as id
        from requests
        where position($request in response_id) > 0
    )
select distinct id
from named
order by id
limit 3
