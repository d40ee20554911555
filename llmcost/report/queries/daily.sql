/*
title: Cost by day
answers: What did each day cost, by a column?
*/
select
    group_1 as name, day, count(*) as requests, count(cost_usd) as costed_requests, sum(cost_usd) as cost_usd
from scope
group by group_1, day
order by group_1 nulls last, day
