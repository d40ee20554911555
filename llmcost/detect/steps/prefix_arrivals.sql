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
            groups.prefix_tokens,
            coalesce(widths.width_us, 300000000) as width_us
        from large_prefix_groups as groups
        left join widths on groups.group_no = widths.group_no
        where groups.group_no in (select group_no from prefix_policies)
    ),
    -- by system prompt alone first, since that is a column of the store: its scan then leaves out the others
    candidates as (
        select *
        from prefixes
        where system_prompt_hash in (select system_prompt_hash from cached_groups)
        union all
        select *
        from prefixes
        where system_prompt_hash is null
    )
select
    groups.group_no,
    candidates.dedupe_key,
    candidates.price_no,
    candidates.started_us,
    candidates.started_us - candidates.started_us % groups.width_us as slot_us,
    greatest(candidates.readable_us, candidates.started_us + 1) as readable_us,
    cast(least(candidates.text_tokens, groups.prefix_tokens) as integer) as prefix_tokens,
    cast(least(candidates.read_tokens, groups.prefix_tokens) as integer) as read_tokens,
    cast(
        least(
            candidates.written_tokens,
            groups.prefix_tokens - least(candidates.read_tokens, groups.prefix_tokens)
        ) as integer
    ) as written_tokens,
    cast(
        least(
            candidates.written_1h_tokens,
            groups.prefix_tokens - least(candidates.read_tokens, groups.prefix_tokens)
        ) as integer
    ) as written_1h_tokens
from candidates
inner join
    cached_groups as groups
    on candidates.prefix_1 = groups.prefix_1
    and candidates.system_prompt_hash is not distinct from groups.system_prompt_hash
    and candidates.key is not distinct from groups.key
    and candidates.provider is not distinct from groups.provider
    and candidates.model is not distinct from groups.model
