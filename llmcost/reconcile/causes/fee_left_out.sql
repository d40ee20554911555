/*
place: 12
title: fee left out
says: The fee of a web search or of a request is not in the reported cost.
inputs: [gaps]
*/
select
    dedupe_key,
    full_micro_usd - as_micro_usd(usd(web_search_requests, price.web_search)) as expected_micro_usd,
    'web search' as evidence
from gaps
where web_search_requests > 0 and price.web_search > 0
union all
select
    dedupe_key,
    full_micro_usd - as_micro_usd(usd(1, price.request)) as expected_micro_usd,
    'request' as evidence
from gaps
where price.request > 0
union all
select
    dedupe_key,
    full_micro_usd
    - as_micro_usd(usd(web_search_requests, price.web_search))
    - as_micro_usd(usd(1, price.request)) as expected_micro_usd,
    'web search and request' as evidence
from gaps
where web_search_requests > 0 and price.web_search > 0 and price.request > 0
