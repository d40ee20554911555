-- Requests with the slot that they ended in; $first to $last are asked for.
select *, cast(floor(cast(greatest(ended_us, started_us) as double) / 300000000) as bigint) as slot
from scope
where
    -- the time of a sum, or of a file, is nobody's end
    usage_basis <> 'run'
    and not coalesce(is_file_time, false)
    -- nothing that can fail: so it is decided before requests are priced, most of which ended before
    and greatest(ended_at, started_at) >= make_timestamp(cast($first as bigint) * 300000000)
    and slot between $first and $last
    -- what took over a day is asked for with some slots and not with others
    and started_us >= (slot - 288) * 300000000
