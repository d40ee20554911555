-- The same requests in runs, cut in four ways, of which the one that explains most is taken: a job has
-- pauses before it, or comes hourly and is the same every day, or has small ones between it and the next.
with
    paused as (
        select
            space,
            request_no,
            started_us,
            input_tokens,
            sum(
                case when started_us - before_us < 3600000000 * cast($pause_hours as bigint) then 0 else 1 end
            ) over (
                partition by space
                order by request_no nulls last
                rows between unbounded preceding and current row
            ) as pauses
        from counted_embeddings
    ),
    -- a day that begins at midnight in UTC, one that begins at noon, and a week, in microseconds
    cuts as (
        select 2 as cut, cast(86400000000 as bigint) as length_us, cast(0 as bigint) as shift_us
        union all
        select 3 as cut, cast(86400000000 as bigint) as length_us, cast(43200000000 as bigint) as shift_us
        union all
        select 4 as cut, cast(604800000000 as bigint) as length_us, cast(43200000000 as bigint) as shift_us
    )
select space, request_no, started_us, input_tokens, 1 as cut, cast(pauses as bigint) as place
from paused
union all
select
    paused.space,
    paused.request_no,
    paused.started_us,
    paused.input_tokens,
    cuts.cut,
    paused.started_us + cuts.shift_us - (paused.started_us + cuts.shift_us) % cuts.length_us as place
from paused
cross join cuts
