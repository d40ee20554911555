/*
title: Cost of each hour
answers: What did each group cost in each hour that had requests?
*/
select
    group_1,
    group_2,
    group_3,
    group_4,
    date_diff('hour', timestamp '1970-01-01', started_at) as hour_number,
    sum(cost_usd) as cost_usd
from scope
-- where only the day of the file is known, the hour is not
where cost_usd > 0 and not coalesce(is_file_time, false)
group by group_1, group_2, group_3, group_4, hour_number
order by group_1 nulls first, group_2 nulls first, group_3 nulls first, group_4 nulls first, hour_number
