/*
title: Models of cases
answers: Which models does each route of each test case ask?
inputs: [traced]
*/
select distinct
    case_name,
    route,
    case
        when price_status = 'gateway cache'
        then '(gateway cache)'
        when price_status = 'provisioned'
        then coalesce(model, '') || ' (provisioned)'
        else model
    end as model
from traced
where case_name is not null and price_status in ('priced', 'provisioned', 'gateway cache')
order by case_name, route, model nulls first
