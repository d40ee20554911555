-- The same requests in runs, cut in five ways, of which the one that explains most is taken: a job has
-- pauses before it, short ones if it comes hourly, or it comes each day or week and others come between.
with
    paused as (
        select
            space,
            request_no,
            started_us,
            input_tokens,
            sum(
                case
                    when started_us - before_us < 60000000 * cast($long_pause_minutes as bigint) then 0 else 1
                end
            ) over so_far as long_pauses,
            sum(
                case
                    when started_us - before_us < 60000000 * cast($short_pause_minutes as bigint)
                    then 0
                    else 1
                end
            ) over so_far as short_pauses
        from counted_embeddings
        window
            so_far as (
                partition by space
                order by request_no nulls last
                rows between unbounded preceding and current row
            )
    ),
    -- a day that begins at midnight in UTC, one that begins at noon, and a week, in microseconds
    cuts as (
        select 3 as cut, cast(86400000000 as bigint) as length_us, cast(0 as bigint) as shift_us
        union all
        select 4 as cut, cast(86400000000 as bigint) as length_us, cast(43200000000 as bigint) as shift_us
        union all
        select 5 as cut, cast(604800000000 as bigint) as length_us, cast(43200000000 as bigint) as shift_us
    )
select space, request_no, started_us, input_tokens, 1 as cut, cast(long_pauses as bigint) as place
from paused
union all
select space, request_no, started_us, input_tokens, 2 as cut, cast(short_pauses as bigint) as place
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
