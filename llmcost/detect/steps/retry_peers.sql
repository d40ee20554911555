-- What the chance of a link by counts is read from: every request with tokens of its key and its model,
-- a pool; of the sender of a link with the sender's number.
with
    callers as (
        select
            links.sender,
            links.counted_on,
            senders.key,
            senders."user",
            senders.end_user,
            servers.provider,
            servers.model
        from
            (
                select distinct sender, counted_on
                from retry_links
                where counted_on is not null and link is not null
            ) as links
        inner join retry_senders as senders on links.sender = senders.sender
        inner join retry_servers as servers on links.counted_on = servers.server
    ),
    pools as (
        select
            key,
            provider,
            model,
            row_number() over (order by key nulls last, provider nulls last, model nulls last) as pool
        from (select distinct key, provider, model from callers) as named
    )
select
    pools.pool,
    callers.sender,
    callers.counted_on,
    calls."user",
    calls.end_user,
    calls.input_tokens,
    calls.logical_request_id,
    calls.started_us
from calls
inner join
    pools
    on calls.key is not distinct from pools.key
    and calls.provider is not distinct from pools.provider
    and calls.model is not distinct from pools.model
left join
    callers
    on calls.key is not distinct from callers.key
    and calls."user" is not distinct from callers."user"
    and calls.end_user is not distinct from callers.end_user
    and calls.provider is not distinct from callers.provider
    and calls.model is not distinct from callers.model
where calls.input_tokens > 0 and calls.operation is distinct from 'embeddings'
