/*
title: Spend
answers: Where does the money go, by whatever --by names?
*/
with
    spent as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            count(*) as requests,
            sum(input_tokens) as input_tokens,
            sum(cache_read_input_tokens) as cached_tokens,
            sum(output_tokens) as output_tokens,
            sum(cost_usd) as cost_usd,
            count(cost_usd) as costed_requests
        from scope
        group by group_1, group_2, group_3, group_4
    )
select
    group_1,
    group_2,
    group_3,
    group_4,
    requests,
    input_tokens,
    cached_tokens,
    output_tokens,
    cost_usd,
    cast(cost_usd as double) / nullif(cast(sum(cost_usd) over () as double), 0) as cost_share,
    cast(cost_usd as double) / cast(nullif(costed_requests, 0) as double) as cost_per_request_usd
from spent
order by
    cost_usd desc nulls last,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
