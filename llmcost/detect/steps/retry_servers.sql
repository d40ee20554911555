-- Who served, by number.
select provider, model, row_number() over (order by provider nulls last, model nulls last) as server
from (select distinct provider, model from retry_candidates) as named
