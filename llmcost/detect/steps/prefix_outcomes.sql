-- What can become of a request that saves something under the policy of its group: it misses, it hits,
-- or it hits after a pause. Each outcome has its dollars and its words.
with
    changes as (
        select *, miss_change_usd as change_usd, 0 as hit
        from prefix_costs
        where miss_change_usd > 0
        union all
        select *, hit_change_usd as change_usd, 1 as hit
        from prefix_costs
        where hit_change_usd > 0
        union all
        select *, hit_change_usd as change_usd, 2 as hit
        from prefix_costs
        where hit_change_usd > 0
        union all
        -- where there are counts alone, requests that are not known may have been there before
        select prefix_costs.*, 0 as change_usd, 0 as hit
        from prefix_costs
        inner join large_prefix_groups as groups on prefix_costs.group_no = groups.group_no
        where groups.evidence_tier = 'counts' and hit_change_usd > 0 and miss_change_usd <= 0
    ),
    outcomes as (
        select
            changes.*,
            cast(
                row_number() over (
                    order by changes.rule_no nulls last, changes.kind_no nulls last, changes.hit nulls last
                ) as integer
            ) as outcome_no,
            chosen.is_netted,
            chosen.is_reported,
            chosen.is_likely,
            chosen.evidence_tier,
            chosen.prefix_share,
            chosen.group_prefix_tokens,
            chosen.calls_per_hour,
            chosen.low_hit_share,
            chosen.hit_share,
            chosen.high_hit_share,
            chosen.low_off_usd,
            chosen.off_usd,
            chosen.high_off_usd,
            share_of(chosen.low_hit_share, changes.change_usd) as low_usd,
            share_of(chosen.hit_share, changes.change_usd) as usd,
            share_of(
                chosen.high_hit_share,
                case
                    when chosen.evidence_tier = 'counts' then changes.hit_change_usd else changes.change_usd
                end
            ) as high_usd,
            case
                when chosen.is_reported = 0
                then 'not reported'
                when chosen.policy = 'none'
                then 'never read'
                when chosen.policy <> 'automatic' and chosen.is_cached = 0
                then 'not cached'
                when changes.hit = 0
                then 'written for too long'
                when changes.was_written = 0
                then 'missed'
                -- what a cache of five minutes had forgotten
                when chosen.policy = '1h' and changes.was_written_1h = 0 and changes.hit = 2
                then 'lapsed'
                else 'written again'
            end as miss_cause
        from changes
        inner join
            prefix_choices as chosen on changes.group_no = chosen.group_no and changes.policy = chosen.policy
    )
select
    *,
    case
        policy
        when 'none'
        then 'cached for nothing'
        when 'automatic'
        then 'automatic cache missed'
        else 'prefix not cached for ' || policy
    end as finding,
    case when is_likely = 1 then 'likely' else 'possible' end as certainty,
    case
        when evidence_tier = 'counts' or policy = 'none' and evidence_tier = 'counters'
        then 'at most '
        else ''
    end
    || cast(group_prefix_tokens as varchar)
    || ' tokens, '
    || miss_cause as evidence,
    tokens - was_read as unread_tokens,
    -- a cache that works by itself and is not reported may have hit all along
    is_reported = 1 or policy <> 'automatic' as is_counted
from outcomes
