-- Which runs a client may have sent again: those of a line, one after the other. Of a link by counts alone
-- retry_chances says what it is worth.
with
    run_steps as (
        select
            *,
            started_us - lag(ended_us) over line as gap_us,
            lag(is_unusable) over line as follows_unusable,
            -- by counts, if one of the two has no prompt; two that have one are not judged by less
            counted_on is null or not has_text or not lag(has_text) over line as is_comparable,
            not lag(is_unusable) over line
            and lag(has_end) over line
            and server = lag(server) over line
            and coalesce(temperature, 0) = 0
            and coalesce(lag(temperature) over line, 0) = 0
            -- equal counts after a good answer say nothing
            and counted_on is null as follows_same,
            temperature = 0 or output_hash = lag(output_hash) over line as is_deterministic,
            -- intervals from start to start: this one, that of the good answer before, and of the next one
            -- if this is good
            started_us - lag(started_us) over line as interval_us,
            case
                when not lag(is_unusable, 2) over line
                then lag(started_us) over line - lag(started_us, 2) over line
            end as interval_before_us,
            case when not is_unusable then lead(started_us) over line - started_us end as interval_after_us,
            -- what came later than this, and no later than the run, came between the two
            greatest(
                lag(started_us) over line, lag(ended_us) over line - cast(1000 as bigint) * $overlap_ms
            ) as after_us
        from retry_lines
        window
            line as (
                partition by sender, content, counted_on order by started_us nulls last, run_key nulls last
            )
    ),
    followed as (
        select
            sender,
            content,
            counted_on,
            run_key,
            started_us,
            after_us,
            case
                when
                    follows_unusable
                    and is_comparable
                    and gap_us
                    between cast(-1000 as bigint) * $overlap_ms and cast(1000000 as bigint) * $max_gap_seconds
                    -- what keeps its interval after good answers and after bad ones is a clock, not a retry
                    and not coalesce(10 * abs(interval_us - interval_before_us) <= interval_before_us, false)
                    and not coalesce(10 * abs(interval_us - interval_after_us) <= interval_after_us, false)
                then 'after a failure'
                when follows_same and gap_us between 0 and cast(1000 as bigint) * $immediate_ms
                then case when is_deterministic then 'after the same answer' else 'after an answer' end
            end as link
        from run_steps
    ),
    -- a prompt that comes all the time comes twice at once now and then, from two callers
    meetings as (
        select sender, content
        from followed
        where counted_on is null
        group by sender, content
        having
            100 * sum(case when link in ('after the same answer', 'after an answer') then 1 else 0 end)
            < $min_reask_percent * count(*)
    )
select
    followed.sender,
    followed.content,
    followed.counted_on,
    followed.run_key,
    followed.started_us,
    followed.after_us,
    case when meetings.sender is null or followed.link = 'after a failure' then followed.link end as link
from followed
left join
    meetings
    on followed.counted_on is null
    and followed.sender = meetings.sender
    and followed.content = meetings.content
