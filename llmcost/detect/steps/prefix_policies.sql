-- How each group could be cached, by the rules of the price book and the days on which they held. Not to
-- cache is a policy, too, where entries are written that nobody reads.
with
    policies as (
        select
            groups.group_no,
            cache_rules.policy,
            cache_rules.ttl_us,
            cache_rules.min_tokens,
            cache_rules.step_tokens,
            cache_rules.write_rate,
            cache_rules.low_hit_share,
            cache_rules.hit_share,
            cache_rules.high_hit_share,
            cache_rules.valid_from_us,
            cache_rules.valid_to_us
        from large_prefix_groups as groups
        inner join
            cache_rules
            on groups.provider = cache_rules.provider
            and groups.model = cache_rules.model
            and groups.prefix_tokens >= cache_rules.min_tokens
            and groups.last_us >= cache_rules.valid_from_us
            and groups.first_us < cache_rules.valid_to_us
        where groups.is_replayed = 1
        union all
        select
            group_no,
            'none' as policy,
            cast(0 as bigint) as ttl_us,
            cast(0 as bigint) as min_tokens,
            cast(1 as bigint) as step_tokens,
            'none' as write_rate,
            cast(1 as decimal(5, 4)) as low_hit_share,
            cast(1 as decimal(5, 4)) as hit_share,
            cast(1 as decimal(5, 4)) as high_hit_share,
            first_us as valid_from_us,
            last_us + 1 as valid_to_us
        from large_prefix_groups as groups
        where is_written = 1 and prefix_tokens > 0
    )
select
    *,
    cast(
        row_number() over (
            order by group_no nulls last, policy nulls last, valid_from_us nulls last
        ) as integer
    ) as rule_no
from policies
