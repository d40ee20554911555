/*
title: Blocks of a route
answers: What does a request cost on average in each of up to 200 stretches of time, for each route and template?
inputs: [traced]
*/
with
    placed as (
        select
            case_name,
            cost_usd,
            ntile(200) over (partition by case_name order by started_us, request_id, dedupe_key) as block
        from traced
        where cost_usd is not null
    )
select case_name, block, count(*) as requests, sum(cost_usd) as cost_usd
from placed
group by case_name, block
order by case_name, block
