-- Runs in lines of what may be the same: a sender's prompt; or, on one model, a sender's count of tokens,
-- where
-- a run has no prompt. `counted_on` is that model.
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
