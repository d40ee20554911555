/*
title: Usual
answers: What did each slot of the last days cost?
params:
  first: 0  # slots since 1970
  last: 0
*/
with
    ended as (
        select
            cost_usd,
            cast(floor(cast(coalesce(ended_us, started_us) as double) / 300000000) as bigint) as slot
        from scope
        where usage_basis <> 'run' and not coalesce(is_file_time, false)
    )
select slot, sum(cost_usd) as cost_usd
from ended
where slot between $first and $last
group by slot
order by slot
