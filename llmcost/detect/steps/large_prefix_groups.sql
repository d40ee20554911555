-- The groups that are worth a change of code, numbered: by text, and of requests without it.
with
    groups as (
        select
            'text' as evidence_tier,
            key,
            provider,
            model,
            system_prompt_hash,
            prefix_1,
            cast(null as integer) as bare_no,
            requests,
            is_reported,
            is_written,
            is_cached,
            first_us,
            last_us,
            prefix_tokens,
            1 as is_replayed,
            cast(1 as decimal(5, 4)) as prefix_share
        from prefix_groups
        where requests >= $min_requests
        union all
        select
            evidence_tier,
            key,
            provider,
            model,
            null as system_prompt_hash,
            null as prefix_1,
            bare_no,
            requests,
            is_reported,
            -- what a cache that works by itself writes cannot be left out
            case when basis = 'entries' then is_written else 0 end as is_written,
            case when basis = 'prompts' then 0 else 1 end as is_cached,
            first_us,
            last_us,
            prefix_tokens,
            is_replayed,
            prefix_share
        from bare_groups
    )
select
    *,
    cast(
        row_number() over (
            order by
                bare_no nulls first,
                key nulls last,
                provider nulls last,
                model nulls last,
                system_prompt_hash nulls last,
                prefix_1 nulls last
        ) as integer
    ) as group_no
from groups
