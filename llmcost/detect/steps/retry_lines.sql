-- Runs in lines of what may be the same: a sender's prompt; or, where a run has no prompt, a sender's
-- count of tokens on one model, `counted_on`.
select
    sender,
    content,
    cast(null as bigint) as counted_on,
    true as has_text,
    server,
    started_us,
    ended_us,
    has_end,
    is_unusable,
    output_hash,
    temperature,
    run_key
from retry_runs
where content is not null
union all
select
    sender,
    cast(counted_tokens as ubigint) as content,
    server as counted_on,
    content is not null as has_text,
    server,
    started_us,
    ended_us,
    has_end,
    is_unusable,
    output_hash,
    temperature,
    run_key
from retry_runs
where counted_tokens is not null
