/*
title: Spent today
answers: What has each API key cost since midnight, and when did the newest request of all end?
params:
  since_us: 0  # the local midnight, in microseconds since 1970
  now_us: 0
*/
with
    ended as (
        select key, api_key_id, cost_usd, coalesce(ended_us, started_us) as at_us
        from scope
        -- the time of a sum, or of a file, is nobody's end
        where usage_basis <> 'run' and not coalesce(is_file_time, false)
    )
select
    coalesce(cast(key as varchar), '') as key,
    cast(api_key_id as varchar) as api_key_id,
    sum(case when at_us >= $since_us then cost_usd end) as cost_usd,
    max(at_us) as newest_us,
    count(case when at_us >= $since_us then 1 end) as requests
from ended
where at_us <= $now_us
group by key, api_key_id
order by key, api_key_id nulls last
