/*
title: Requests of no case
answers: What do the requests cost that name no test case?
inputs: [traced]
*/
select
    count(*) as requests,
    sum(case when case_name is null then 1 else 0 end) as uncased,
    sum(case when case_name is null then cost_usd end) as uncased_cost_usd,
    max(started_at) as last_at
from traced
