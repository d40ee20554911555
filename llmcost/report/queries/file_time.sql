/*
title: Without a time of their own
answers: What do requests cost whose time is only the date of their file, and what do all of them?
*/
select sum(cost_usd) as cost_usd, sum(case when is_file_time then cost_usd end) as file_time_cost_usd
from scope
