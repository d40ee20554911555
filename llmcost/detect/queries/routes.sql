/*
title: Routes
answers: Of which key, model and route are requests, and what do they cost together?
inputs: [named_requests]
*/
with
    spends as (
        select
            key,
            model,
            model_group,
            system_prompt_hash,
            count(*) as requests,
            sum(cost_usd) as spend_usd,
            min(started_us) as first_us,
            max(started_us) as last_us
        from named_requests
        group by key, model, model_group, system_prompt_hash
    ),
    counted as (select *, count(*) over (partition by key, model) as prompts from spends),
    routed as (
        select
            * exclude (prompts),
            coalesce(
                model_group,
                case when prompts between 2 and 20 then 'prompt ' || left(system_prompt_hash, 8) end
            ) as route
        from counted
    )
select *, dense_rank() over (order by key nulls last, model nulls last, route nulls last) as group_no
from routed
