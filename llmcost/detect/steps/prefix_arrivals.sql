-- The requests of the groups that could be cached, each with the tokens of the prefix that it had, read
-- and wrote, with when an entry of its own could be read, and with its slot of time.
with
    -- No slot is longer than a time to live, so that no entry lapses within one; and slots divide a day,
    -- so that rules change between two.
    widths as (
        select
            group_no,
            case
                when min(ttl_us) is null or min(ttl_us) >= 300000000
                then 300000000
                when min(ttl_us) >= 60000000
                then 60000000
                else 1000000
            end as width_us
        from prefix_policies
        where policy <> 'none'
        group by group_no
    ),
    cached_groups as (
        select
            groups.group_no,
            groups.key,
            groups.provider,
            groups.model,
            groups.system_prompt_hash,
            groups.prefix_1,
            groups.bare_no,
            groups.prefix_tokens,
            groups.is_replayed,
            coalesce(widths.width_us, 300000000) as width_us
        from large_prefix_groups as groups
        left join widths on groups.group_no = widths.group_no
        where groups.group_no in (select group_no from prefix_policies)
    ),
    -- by system prompt alone first, since that is a column of the store: its scan then leaves out the others
    candidates as (
        select *
        from prefixes
        where system_prompt_hash in (select system_prompt_hash from cached_groups where bare_no is null)
        union all
        select *
        from prefixes
        where system_prompt_hash is null
    ),
    held as (
        select
            groups.group_no,
            groups.width_us,
            groups.prefix_tokens,
            candidates.dedupe_key,
            candidates.price_no,
            candidates.started_us,
            candidates.readable_us,
            candidates.text_tokens,
            candidates.read_tokens,
            candidates.written_tokens,
            candidates.written_1h_tokens
        from candidates
        inner join
            cached_groups as groups
            on candidates.prefix_1 = groups.prefix_1
            and candidates.system_prompt_hash is not distinct from groups.system_prompt_hash
            and candidates.key is not distinct from groups.key
            and candidates.provider is not distinct from groups.provider
            and candidates.model is not distinct from groups.model
        union all
        select
            groups.group_no,
            groups.width_us,
            groups.prefix_tokens,
            members.dedupe_key,
            members.price_no,
            members.started_us,
            members.readable_us,
            -- of entries that differ, each is looked at as it is
            case
                when groups.is_replayed = 1 then members.text_tokens else members.size_tokens
            end as text_tokens,
            members.read_tokens,
            members.written_tokens,
            members.written_1h_tokens
        from bare_members as members
        inner join cached_groups as groups on members.bare_no = groups.bare_no
    )
select
    held.group_no,
    held.dedupe_key,
    held.price_no,
    held.started_us,
    held.started_us - held.started_us % held.width_us as slot_us,
    greatest(held.readable_us, held.started_us + 1) as readable_us,
    cast(least(held.text_tokens, held.prefix_tokens) as integer) as prefix_tokens,
    cast(least(held.read_tokens, held.prefix_tokens) as integer) as read_tokens,
    cast(
        least(
            held.written_tokens, held.prefix_tokens - least(held.read_tokens, held.prefix_tokens)
        ) as integer
    ) as written_tokens,
    cast(
        least(
            held.written_1h_tokens, held.prefix_tokens - least(held.read_tokens, held.prefix_tokens)
        ) as integer
    ) as written_1h_tokens
from held
