-- Each run as its client saw it, and each request of no operation as a run of its own.
select
    min(sender) as sender,
    max(case when from_end = 1 then server end) as server,
    content,
    min(started_us) as started_us,
    max(ended_us) as ended_us,
    max(case when from_end = 1 and has_end then 1 else 0 end) = 1 as has_end,
    max(case when from_end = 1 and is_unusable then 1 else 0 end) = 1 as is_unusable,
    max(case when from_end = 1 then output_hash end) as output_hash,
    max(temperature) as temperature,
    -- of several senders nobody can say which of them sends again
    case
        when min(sender) = max(sender) then max(case when from_end = 1 then counted_tokens end)
    end as counted_tokens,
    run_key
from retry_attempts
group by content, run_key
union all
select
    sender,
    server,
    content,
    started_us,
    ended_us,
    has_end,
    is_unusable,
    output_hash,
    temperature,
    counted_tokens,
    dedupe_key as run_key
from retry_requests
where operation is null
