/*
title: Traffic of the compared cases
answers: What tokens went where, and what did each kind of them cost?
inputs: [traced, compared, paid_rates]
*/
with
    counted as (
        -- what is paid in its own unit, and answers of the gateway's cache; failures without
        -- usage cost nothing
        select
            traced.case_name,
            traced.run_name,
            traced.route,
            case
                when traced.price_status = 'gateway cache'
                then '(gateway cache)'
                when traced.price_status = 'provisioned'
                then coalesce(traced.model, '') || ' (provisioned)'
                else traced.model
            end as model,
            case when traced.price_status = 'priced' then traced.price_no end as price_no,
            traced.logical_request_id,
            traced.cost_usd,
            traced.text_input_tokens,
            traced.text_read_tokens,
            traced.short_write_tokens,
            traced.cache_write_1h_input_tokens,
            traced.text_output_tokens,
            traced.reasoning_output_tokens,
            compared.runs,
            compared.cohort
        from traced
        inner join compared on traced.case_name = compared.case_name and traced.route = compared.route
        where traced.price_status in ('priced', 'provisioned', 'gateway cache')
    ),
    sized as (
        select case_name, run_name, route, logical_request_id, count(*) as attempts
        from counted
        group by case_name, run_name, route, logical_request_id
    ),
    summed as (
        select
            counted.route,
            counted.model,
            counted.price_no,
            counted.runs,
            counted.cohort,
            sized.attempts,
            count(*) as requests,
            sum(counted.cost_usd) as cost_usd,
            sum(
                case when counted.price_no is not null then counted.text_input_tokens else 0 end
            ) as input_tokens,
            sum(
                case when counted.price_no is not null then counted.text_read_tokens else 0 end
            ) as cache_read_tokens,
            sum(
                case when counted.price_no is not null then counted.short_write_tokens else 0 end
            ) as cache_write_tokens,
            sum(
                case
                    when counted.price_no is not null
                    then coalesce(counted.cache_write_1h_input_tokens, 0)
                    else 0
                end
            ) as cache_write_1h_tokens,
            sum(
                case when counted.price_no is not null then counted.text_output_tokens else 0 end
            ) as text_output_tokens,
            sum(
                case
                    when counted.price_no is not null then coalesce(counted.reasoning_output_tokens, 0) else 0
                end
            ) as reasoning_tokens
        from counted
        inner join
            sized
            on counted.case_name = sized.case_name
            and counted.run_name is not distinct from sized.run_name
            and counted.route = sized.route
            and counted.logical_request_id = sized.logical_request_id
        group by counted.route, counted.model, counted.price_no, counted.runs, counted.cohort, sized.attempts
    )
select summed.*, paid_rates.* exclude (price_no)
from summed
left join paid_rates on summed.price_no = paid_rates.price_no
order by
    summed.route,
    summed.model nulls first,
    summed.price_no nulls first,
    summed.runs,
    summed.cohort,
    summed.attempts
