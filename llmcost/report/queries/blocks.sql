/*
title: Blocks of five hours
answers: From when to when do the requests of each block go, and what do they come to?
*/
select
    group_1 as block,
    min(started_at) as first_at,
    max(started_at) as last_at,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    sum(cost_usd) as cost_usd
from scope
where group_1 is not null
group by group_1
order by first_at
