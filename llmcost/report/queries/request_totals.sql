/*
title: Totals of requests
answers: How many requests are known by themselves, and what do they come to?
*/
select
    count(*) as requests,
    sum(input_tokens) as input_tokens,
    sum(cache_read_input_tokens) as cached_tokens,
    sum(output_tokens) as output_tokens,
    sum(input_tokens + output_tokens) as total_tokens,
    sum(cost_usd) as cost_usd
from scope
where usage_basis <> 'run'
