/*
title: Requests without a cost
answers: How many requests of each group have no price, and how many answers no usage?
*/
select
    group_1,
    group_2,
    group_3,
    group_4,
    count(
        case
            when price_status not in ('priced', 'provisioned', 'gateway cache', 'no usage', 'usage missing')
            then 1
        end
    ) as unpriced_requests,
    count(case when price_status = 'usage missing' then 1 end) as usage_missing_requests
from scope
group by group_1, group_2, group_3, group_4
order by group_1 nulls last, group_2 nulls last, group_3 nulls last, group_4 nulls last
