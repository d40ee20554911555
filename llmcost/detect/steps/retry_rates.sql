-- How often one more operation of a key and a model would have certain tokens by chance: in `same` cases of
-- `out_of`; of its sender, in `own_same` of `own_out_of`. What was sent again is one operation.
with
    repeats as (
        select sender, counted_on, content as input_tokens, count(*) as links
        from retry_links
        where counted_on is not null and link is not null
        group by sender, counted_on, content
    ),
    sent as (
        select
            pool,
            sender,
            counted_on,
            "user",
            end_user,
            input_tokens,
            count(distinct logical_request_id) as operations
        from retry_peers
        group by pool, sender, counted_on, "user", end_user, input_tokens
    ),
    operations as (
        select
            sent.pool,
            sent.sender,
            sent.counted_on,
            sent.input_tokens,
            repeats.links is not null as is_linked,
            greatest(sent.operations - coalesce(repeats.links, 0), 1) as operations
        from sent
        left join
            repeats
            on sent.sender = repeats.sender
            and sent.counted_on = repeats.counted_on
            and sent.input_tokens = repeats.input_tokens
    ),
    of_senders as (
        select *, cast(sum(operations) over (partition by sender, counted_on) as bigint) as of_operations
        from operations
        where sender is not null
    ),
    of_pools as (
        select
            *,
            cast(sum(operations) over (partition by pool) as bigint) as of_operations,
            cast(sum(operations * (operations - 1)) over (partition by pool) / 2 as bigint) as equal_pairs
        from
            (
                select pool, input_tokens, cast(sum(operations) as bigint) as operations
                from operations
                group by pool, input_tokens
            ) as summed
    )
select
    of_senders.sender,
    of_senders.counted_on,
    of_senders.input_tokens,
    of_senders.operations - 1 as own_same,
    greatest(of_senders.of_operations - 1, 1) as own_out_of,
    -- where no other operation has them, what any two have alike says how rare that is
    case
        when of_pools.operations > 1
        then of_pools.operations - 1
        when 2 * (of_pools.equal_pairs + 1) < of_pools.of_operations
        then of_pools.equal_pairs + 1
        else 1
    end as same,
    case
        when of_pools.operations > 1
        then of_pools.of_operations - 1
        when 2 * (of_pools.equal_pairs + 1) < of_pools.of_operations
        then cast(of_pools.of_operations * (of_pools.of_operations - 1) / 2 as bigint) + 1
        else of_pools.of_operations
    end as out_of
from of_senders
inner join of_pools on of_senders.pool = of_pools.pool and of_senders.input_tokens = of_pools.input_tokens
where of_senders.is_linked
