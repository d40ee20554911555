/*
title: Groups
answers: Which keys, models and routes can a person act on, and what do they cost?
inputs: [routes]
*/
select
    group_no,
    min(key) as key,
    min(model) as model,
    min(route) as route,
    cast(sum(requests) as bigint) as of_requests,
    sum(spend_usd) as spend_usd
from routes
group by group_no
