/*
title: Days
answers: What did each local day cost that requests ended in, all of it and by columns that have budgets?
*/
with
    ended as (
        select *, cast(local_time(coalesce(ended_at, started_at)) as date) as ended_on
        from scope
        where usage_basis <> 'run' and not coalesce(is_file_time, false)
    )
select
    case
        when grouping(group_1) = 0
        then 1
        when grouping(group_2) = 0
        then 2
        when grouping(group_3) = 0
        then 3
        when grouping(group_4) = 0
        then 4
        else 0
    end as grouped_by,
    coalesce(
        cast(group_1 as varchar), cast(group_2 as varchar), cast(group_3 as varchar), cast(group_4 as varchar)
    ) as name,
    ended_on,
    sum(cost_usd) as cost_usd
from ended
group by
    grouping sets (
        (ended_on), (ended_on, group_1), (ended_on, group_2), (ended_on, group_3), (ended_on, group_4)
    )
order by grouped_by, name nulls last, ended_on
