/*
title: Likely causes
answers: Which mistakes reproduce the reported costs that are not ours, and how much of the difference is each?
inputs: [scope, explained, gaps]
*/
with
    found as (
        select
            scope.group_1,
            scope.group_2,
            scope.group_3,
            scope.group_4,
            explained.cause,
            explained.evidence,
            count(*) as requests,
            sum(cast(scope.reported_cost_usd as decimal(38, 15)) - scope.list_cost_usd) as difference_usd,
            sum(abs(cast(scope.reported_cost_usd as decimal(38, 15)) - scope.list_cost_usd)) as gap_usd
        from scope
        join gaps on scope.dedupe_key = gaps.dedupe_key
        left join explained on scope.dedupe_key = explained.dedupe_key
        group by
            scope.group_1, scope.group_2, scope.group_3, scope.group_4, explained.cause, explained.evidence
    )
select
    group_1,
    group_2,
    group_3,
    group_4,
    cause,
    evidence,
    requests,
    difference_usd,
    cast(gap_usd as double) / nullif(
        cast(sum(gap_usd) over (partition by group_1, group_2, group_3, group_4) as double), 0
    ) as gap_share
from found
order by
    gap_usd desc,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last,
    cause nulls last,
    evidence nulls last
