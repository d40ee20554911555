/*
title: Runs
answers: What did each run of each test case cost, and with how many attempts and how much from a cache?
inputs: [traced]
*/
select
    case_name,
    run_name,
    count(*) as requests,
    sum(case when cost_usd is null then 1 else 0 end) as uncosted,
    sum(cost_usd) as cost_usd,
    count(distinct logical_request_id) as calls,
    -- of the other calls every attempt failed
    count(distinct case when status <> 'error' then logical_request_id end) as answered,
    -- each row is an attempt, and some gateways fold the earlier ones into it
    count(*) + sum(coalesce(retry_count, 0)) as attempts,
    sum(case when price_status = 'priced' then input_tokens else 0 end) as input_tokens,
    sum(
        case when price_status = 'priced' then coalesce(cache_read_input_tokens, 0) else 0 end
    ) as cache_read_tokens,
    max(ended_us) - min(started_us) as wall_us,
    max(system_prompt_chars) as system_prompt_chars
from traced
where case_name is not null
group by case_name, run_name
order by case_name, run_name nulls first
