/*
title: Coverage
answers: How many requests have an exact price, and why have the others none?
inputs: [scope, priced_names]
*/
with
    counted as (
        select
            price_status,
            name_id,
            count(*) as requests,
            sum(case when is_assumed_rate and price_status = 'priced' then 1 else 0 end) as assumed_requests,
            sum(case when is_file_time then 1 else 0 end) as file_time_requests,
            sum(
                case
                    when
                        gateway in (
                            'claude_code',
                            'codex',
                            'gemini_cli',
                            'qwen_code',
                            'opencode',
                            'cline',
                            'roo_code',
                            'copilot',
                            'kimi',
                            'pi',
                            'amp',
                            'droid',
                            'goose',
                            'cursor'
                        )
                    then 1
                    else 0
                end
            ) as agent_requests
        from scope
        group by price_status, name_id
    )
select
    price_status,
    provider,
    model,
    cast(sum(requests) as bigint) as requests,
    cast(sum(assumed_requests) as bigint) as assumed_requests,
    cast(sum(file_time_requests) as bigint) as file_time_requests,
    cast(sum(agent_requests) as bigint) as agent_requests
from counted
inner join priced_names on counted.name_id = priced_names.name_id
group by price_status, provider, model
order by requests desc, price_status, provider nulls last, model nulls last
