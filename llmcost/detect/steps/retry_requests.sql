-- Those requests, with their sender, their server, their operation and their prompt by number.
with
    operations as (
        select
            logical_request_id,
            row_number() over (order by logical_request_id nulls last) as operation,
            case when min(prompt_hash) = max(prompt_hash) then min(prompt_hash) end as prompt_hash
        from retry_candidates
        where is_repeated
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
    candidates.temperature,
    candidates.counted_tokens
from retry_candidates as candidates
inner join
    retry_senders as senders
    on candidates.key is not distinct from senders.key
    and candidates."user" is not distinct from senders."user"
    and candidates.end_user is not distinct from senders.end_user
inner join
    retry_servers as servers
    on candidates.provider is not distinct from servers.provider
    and candidates.model is not distinct from servers.model
left join
    operations on candidates.is_repeated and candidates.logical_request_id = operations.logical_request_id
