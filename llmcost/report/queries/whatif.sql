/*
title: What if
answers: What would the same tokens cost if another model had served them?
inputs: [as_it_was, as_if]
*/
select
    as_it_was.asked_model as model,
    as_if.other_model,
    count(*) as requests,
    count(
        case when as_it_was.cost_usd is not null and as_if.cost_usd is not null then 1 end
    ) as compared_requests,
    sum(as_it_was.input_tokens) as input_tokens,
    sum(as_it_was.output_tokens) as output_tokens,
    sum(case when as_if.cost_usd is not null then as_it_was.cost_usd end) as cost_usd,
    sum(case when as_it_was.cost_usd is not null then as_if.cost_usd end) as other_cost_usd,
    sum(as_it_was.cost_usd - as_if.cost_usd) as saving_usd,
    cast(sum(as_it_was.cost_usd - as_if.cost_usd) as double) / nullif(
        cast(sum(case when as_if.cost_usd is not null then as_it_was.cost_usd end) as double), 0
    ) as saving_share
from as_it_was
inner join as_if on as_it_was.dedupe_key = as_if.dedupe_key and as_it_was.request_id = as_if.request_id
group by as_it_was.asked_model, as_if.other_model
order by saving_usd desc nulls last, model, other_model nulls last
