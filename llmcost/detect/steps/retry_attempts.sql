-- What one operation is known to have sent: attempts of the gateway, or such as say what they belong to.
-- Those that follow one another are a run, known by its first attempt.
with
    steps as (
        select
            *,
            started_us - lag(ended_us) over attempts as gap_us,
            lag(is_unusable) over attempts as follows_unusable,
            coalesce(attempt_number > lag(attempt_number) over attempts, false)
            or coalesce(fallback_index > lag(fallback_index) over attempts, false) as is_marked
        from retry_requests
        where operation is not null
        window
            attempts as (
                partition by operation, content order by started_us nulls last, dedupe_key nulls last
            )
    ),
    numbered as (
        select
            *,
            sum(
                case
                    when
                        gap_us >= cast(-1000 as bigint) * $overlap_ms
                        and (
                            is_marked
                            or (follows_unusable and gap_us <= cast(1000000 as bigint) * $max_gap_seconds)
                        )
                    then 0
                    else 1
                end
            ) over (
                partition by operation, content
                order by started_us nulls last, dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as run
        from steps
    )
select
    *,
    min(dedupe_key) over (partition by operation, content, run) as run_key,
    min(started_us) over (partition by operation, content, run) as run_us,
    row_number() over (
        partition by operation, content, run order by started_us desc nulls last, dedupe_key desc nulls last
    ) as from_end
from numbered
