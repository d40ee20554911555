-- Requests that may be attempts of one operation: their prompt came more than once, or their operation
-- says so. Who sent and who served each, its operation and its prompt are numbers.
with
    -- of the whole store, which costs no look at prices; one that is alone in the scope is a chain of one
    repeated_prompts as (
        select prompt_hash
        from requests
        where prompt_hash is not null
        group by prompt_hash
        having count(*) > 1
    ),
    -- operations of failures without their prompt, and of attempts that say they are one
    marked_operations as (
        select distinct logical_request_id
        from single_requests
        where attempt_number > 1 or fallback_index > 0 or (prompt_hash is null and status <> 'ok')
    ),
    candidates as (
        select *
        from calls
        where
            prompt_hash in (select prompt_hash from repeated_prompts)
            or logical_request_id in (select logical_request_id from marked_operations)
    ),
    -- numbers sort faster than names
    senders as (
        select
            key,
            "user",
            end_user,
            row_number() over (order by key nulls last, "user" nulls last, end_user nulls last) as sender
        from (select distinct key, "user", end_user from candidates) as named
    ),
    servers as (
        select provider, model, row_number() over (order by provider nulls last, model nulls last) as server
        from (select distinct provider, model from candidates) as named
    ),
    operations as (
        select
            logical_request_id,
            row_number() over (order by logical_request_id nulls last) as operation,
            case when min(prompt_hash) = max(prompt_hash) then min(prompt_hash) end as prompt_hash
        from candidates
        group by logical_request_id
        having count(*) > 1
    )
select
    candidates.dedupe_key,
    senders.sender,
    servers.server,
    operations.operation,
    -- a failure may be logged without its prompt; in an operation of one prompt it had that one
    coalesce(candidates.prompt_hash, operations.prompt_hash) as content,
    candidates.started_us,
    candidates.ended_us,
    candidates.has_end,
    candidates.is_unusable,
    candidates.attempt_number,
    candidates.fallback_index,
    candidates.output_hash,
    candidates.temperature
from candidates
inner join
    senders
    on candidates.key is not distinct from senders.key
    and candidates."user" is not distinct from senders."user"
    and candidates.end_user is not distinct from senders.end_user
inner join
    servers
    on candidates.provider is not distinct from servers.provider
    and candidates.model is not distinct from servers.model
left join operations on candidates.logical_request_id = operations.logical_request_id
