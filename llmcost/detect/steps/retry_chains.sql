-- What a client sent again: runs of the same prompt of the same user, one after the other.
with
    run_steps as (
        select
            *,
            started_us - lag(ended_us) over runs_of_prompt as gap_us,
            lag(is_unusable) over runs_of_prompt as follows_unusable,
            not lag(is_unusable) over runs_of_prompt
            and lag(has_end) over runs_of_prompt
            and server = lag(server) over runs_of_prompt
            and coalesce(temperature, 0) = 0
            and coalesce(lag(temperature) over runs_of_prompt, 0) = 0 as follows_same,
            temperature = 0 or output_hash = lag(output_hash) over runs_of_prompt as is_deterministic,
            -- intervals from start to start: this one, that of the good answer before, and of the next one
            -- if this is good
            started_us - lag(started_us) over runs_of_prompt as interval_us,
            case
                when not lag(is_unusable, 2) over runs_of_prompt
                then lag(started_us) over runs_of_prompt - lag(started_us, 2) over runs_of_prompt
            end as interval_before_us,
            case
                when not is_unusable then lead(started_us) over runs_of_prompt - started_us
            end as interval_after_us
        from retry_runs
        where content is not null
        window
            runs_of_prompt as (
                partition by sender, content order by started_us nulls last, run_key nulls last
            )
    ),
    followed as (
        select
            sender,
            content,
            run_key,
            started_us,
            case
                when
                    follows_unusable
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
        group by sender, content
        having
            100 * sum(case when link in ('after the same answer', 'after an answer') then 1 else 0 end)
            < $min_reask_percent * count(*)
    ),
    linked as (
        select
            followed.sender,
            followed.content,
            followed.run_key,
            followed.started_us,
            case
                when meetings.sender is null or followed.link = 'after a failure' then followed.link
            end as link
        from followed
        left join meetings on followed.sender = meetings.sender and followed.content = meetings.content
    ),
    chained as (
        select
            *,
            sum(case when link is null then 1 else 0 end) over so_far as chain,
            lead(link) over runs_of_prompt as next_link
        from linked
        window
            runs_of_prompt as (
                partition by sender, content order by started_us nulls last, run_key nulls last
            ),
            so_far as (
                partition by sender, content
                order by started_us nulls last, run_key nulls last
                rows between unbounded preceding and current row
            )
    )
select
    run_key,
    started_us as run_us,
    next_link,
    min(run_key) over (partition by sender, content, chain) as chain_key
from chained
where link is not null or next_link is not null
