/*
title: Reported and computed cost
answers: Where does the cost that gateways report differ from ours, by how much, and is it known why?
inputs: [scope, explained]
*/
with
    judged as (
        select
            scope.group_1,
            scope.group_2,
            scope.group_3,
            scope.group_4,
            scope.reported_cost_usd,
            scope.list_cost_usd,
            case
                when is_same_cost(as_micro_usd(scope.reported_cost_usd), as_micro_usd(scope.list_cost_usd))
                then 1
                else 0
            end as is_agreeing,
            abs(cast(scope.reported_cost_usd as decimal(38, 15)) - scope.list_cost_usd) as gap_usd,
            explained.cause
        from scope
        left join explained on scope.dedupe_key = explained.dedupe_key
        where scope.reported_cost_usd is not null
    ),
    summed as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            count(list_cost_usd) as requests,
            sum(is_agreeing) as agreeing,
            cast(
                sum(case when list_cost_usd is not null then reported_cost_usd end) as decimal(38, 15)
            ) as reported_usd,
            sum(list_cost_usd) as computed_usd,
            sum(case when is_agreeing = 0 then gap_usd end) as gap_usd,
            sum(case when is_agreeing = 0 and cause is not null then gap_usd else 0 end) as explained_usd,
            sum(case when list_cost_usd is null then 1 else 0 end) as uncompared
        from judged
        group by group_1, group_2, group_3, group_4
    )
select
    group_1,
    group_2,
    group_3,
    group_4,
    requests,
    uncompared,
    agreeing,
    reported_usd,
    computed_usd,
    reported_usd - computed_usd as difference_usd,
    cast(reported_usd - computed_usd as double) / nullif(cast(computed_usd as double), 0) as difference_share,
    cast(explained_usd as double) / nullif(cast(gap_usd as double), 0) as explained_share
from summed
order by
    gap_usd desc nulls last,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
