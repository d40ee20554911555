/*
title: Spent
answers: What was spent, and when?
inputs: [routes]
*/
select
    coalesce(sum(requests), 0) as requests,
    case when count(*) = 0 then 0 else sum(spend_usd) end as spend_usd,
    min(first_us) as first_us,
    max(last_us) as last_us
from routes
