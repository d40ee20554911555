/*
title: Unpriced
answers: Which models have no price, and why?
*/
select
    concat_ws('/', provider, coalesce(model, '(no model)')) as subject,
    count(*) as requests,
    cast(count(*) as double) / any_value(everything) as covered_share,
    price_status as note
from scope, (select count(*) as everything from scope) as whole
where
    price_status
    not in ('priced', 'gateway cache', 'no usage', 'usage missing', 'bad usage', 'impossible count')
group by provider, model, price_status
order by requests desc, subject
