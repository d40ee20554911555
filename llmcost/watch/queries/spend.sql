/*
title: Spend
answers: What did the requests of each slot cost, all of them and by each column that is shown or has budgets?
inputs: [recent]
*/
select
    slot,
    case
        when grouping(model) = 0
        then 'model'
        when grouping(key) = 0
        then 'key'
        when grouping(project) = 0
        then 'project'
        when grouping(budget_1) = 0
        then 'budget_1'
        when grouping(budget_2) = 0
        then 'budget_2'
        when grouping(budget_3) = 0
        then 'budget_3'
        when grouping(budget_4) = 0
        then 'budget_4'
        else 'all'
    end as grouped_by,
    coalesce(
        model,
        key,
        project,
        cast(budget_1 as varchar),
        cast(budget_2 as varchar),
        cast(budget_3 as varchar),
        cast(budget_4 as varchar)
    ) as name,
    count(*) as requests,
    count(cost_usd) as costed_requests,
    sum(cost_usd) as cost_usd,
    count(case when error_kind <> 'refused_by_gateway' then 1 end) as errors
from recent
group by
    grouping sets (
        (slot),
        (slot, model),
        (slot, key),
        (slot, project),
        (slot, budget_1),
        (slot, budget_2),
        (slot, budget_3),
        (slot, budget_4)
    )
order by slot, grouped_by, name nulls last
