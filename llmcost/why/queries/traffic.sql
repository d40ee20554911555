/*
title: Traffic of groups
answers: What did each group send to which model, and what did each kind of token cost?
inputs: [scope, paid_rates]
*/
with
    counted as (
        -- what is paid in its own unit, and answers of the gateway's cache, is a model of its own;
        -- failures without usage cost nothing
        select
            group_1,
            group_2,
            group_3,
            group_4,
            case
                when price_status = 'gateway cache'
                then '(gateway cache)'
                when price_status = 'provisioned'
                then coalesce(model, '') || ' (provisioned)'
                else model
            end as model,
            case when price_status = 'priced' then price_no end as price_no,
            logical_request_id,
            cost_usd,
            text_input_tokens,
            text_read_tokens,
            short_write_tokens,
            cache_write_1h_input_tokens,
            text_output_tokens,
            reasoning_output_tokens
        from scope
        where price_status in ('priced', 'provisioned', 'gateway cache')
    ),
    sized as (
        select
            *, count(*) over (partition by group_1, group_2, group_3, group_4, logical_request_id) as attempts
        from counted
    ),
    summed as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            model,
            price_no,
            attempts,
            count(*) as requests,
            sum(cost_usd) as cost_usd,
            sum(case when price_no is not null then text_input_tokens else 0 end) as input_tokens,
            sum(case when price_no is not null then text_read_tokens else 0 end) as cache_read_tokens,
            sum(case when price_no is not null then short_write_tokens else 0 end) as cache_write_tokens,
            sum(
                case when price_no is not null then coalesce(cache_write_1h_input_tokens, 0) else 0 end
            ) as cache_write_1h_tokens,
            sum(case when price_no is not null then text_output_tokens else 0 end) as text_output_tokens,
            sum(
                case when price_no is not null then coalesce(reasoning_output_tokens, 0) else 0 end
            ) as reasoning_tokens
        from sized
        group by group_1, group_2, group_3, group_4, model, price_no, attempts
    )
select summed.*, paid_rates.* exclude (price_no)
from summed
left join paid_rates on summed.price_no = paid_rates.price_no
order by
    group_1 nulls first,
    group_2 nulls first,
    group_3 nulls first,
    group_4 nulls first,
    summed.model nulls first,
    summed.price_no nulls first,
    summed.attempts
