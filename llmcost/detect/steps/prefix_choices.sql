-- The policy that would have saved most of each group, if one saves anything. Only a share of the hits
-- is counted on, and what was read already counts towards it.
with
    totals as (
        select
            costs.group_no,
            costs.policy,
            sum(
                counts.hits * greatest(costs.hit_change_usd, 0)
                + counts.misses * greatest(costs.miss_change_usd, 0)
            ) as gain_usd,
            sum(
                counts.hits * greatest(- costs.hit_change_usd, 0)
                + counts.misses * greatest(- costs.miss_change_usd, 0)
            ) as premium_usd,
            sum(counts.hits * cast(costs.had_usd as decimal(33, 21))) as had_usd
        from prefix_hits as counts
        inner join prefix_costs as costs on counts.kind_no = costs.kind_no and counts.rule_no = costs.rule_no
        group by costs.group_no, costs.policy
    ),
    hit_shares as (
        select
            group_no,
            policy,
            min(ttl_us) as ttl_us,
            min(low_hit_share) as low_hit_share,
            min(hit_share) as hit_share,
            min(high_hit_share) as high_hit_share
        from prefix_policies
        group by group_no, policy
    ),
    offs as (
        select
            totals.*,
            ttl_us,
            low_hit_share,
            hit_share,
            high_hit_share,
            premium_usd + share_of(1 - low_hit_share, had_usd) as low_off_usd,
            premium_usd + share_of(1 - hit_share, had_usd) as off_usd,
            case
                -- one may cache for nothing what another of the key does not
                when
                    groups.evidence_tier = 'counts'
                    or (groups.evidence_tier = 'counters' and totals.policy = 'none')
                then 0
                else premium_usd + share_of(1 - high_hit_share, had_usd)
            end as high_off_usd,
            groups.prefix_tokens as group_prefix_tokens,
            groups.evidence_tier,
            groups.prefix_share,
            groups.is_reported,
            groups.is_cached,
            -- of what is not known to be the same text only that a cache costs more than it spares is sure
            case
                when groups.is_reported = 0 or totals.policy = 'automatic'
                then 0
                when groups.evidence_tier = 'text' or totals.policy = 'none'
                then 1
                else 0
            end as is_likely,
            cast(groups.requests as double)
            * 3600000000
            / nullif(groups.last_us - groups.first_us, 0) as calls_per_hour
        from totals
        inner join hit_shares on totals.group_no = hit_shares.group_no and totals.policy = hit_shares.policy
        inner join large_prefix_groups as groups on totals.group_no = groups.group_no
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by group_no
                order by
                    share_of(hit_share, gain_usd) - off_usd desc nulls last,
                    ttl_us nulls last,
                    policy nulls last
            ) as place
        from offs
    )
select *, greatest(low_off_usd, off_usd, high_off_usd) > 0 as is_netted
from ranked
where place = 1 and share_of(hit_share, gain_usd) > off_usd
