/*
title: First requests
answers: Which were the first requests of each group from a moment on?
inputs: [scope, begun]
params:
  most: 3
*/
select scope.group_1, scope.group_2, scope.group_3, scope.group_4, scope.request_id, scope.started_at
from scope
inner join
    begun
    on scope.group_1 is not distinct from begun.group_1
    and scope.group_2 is not distinct from begun.group_2
    and scope.group_3 is not distinct from begun.group_3
    and scope.group_4 is not distinct from begun.group_4
-- where only the day of the file is known, nothing is the first
where scope.started_us >= begun.began_us and scope.cost_usd > 0 and not coalesce(scope.is_file_time, false)
qualify
    row_number() over (
        partition by scope.group_1, scope.group_2, scope.group_3, scope.group_4
        order by scope.started_us, scope.request_id
    )
    <= $most
order by
    scope.group_1 nulls first,
    scope.group_2 nulls first,
    scope.group_3 nulls first,
    scope.group_4 nulls first,
    scope.started_us,
    scope.request_id
