/*
title: Outcomes
answers: What came of the requests of each slot, by provider?
inputs: [recent]
*/
select slot, provider, error_kind, count(*) as requests
from recent
group by slot, provider, error_kind
order by slot, provider nulls last, error_kind nulls last
