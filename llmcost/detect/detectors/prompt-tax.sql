/*
title: Prompt tax
why: The same long beginning of a prompt was sent again and again, and paid in full each time although a cache would have had it.
advice: Put what never changes first and cache it (explicitly, or with a stable routing key where caching is automatic).
rank: 4
inputs: [prefixes, cache_rules, paid_rates]
params:
  min_requests: 50  # fewer that begin alike are not worth a change of code
needs:
  - fields: [prefix_hashes]
    says: no prompts (or ingested with --text none)
*/
with
    beginnings as (
        select
            key,
            provider,
            model,
            system_prompt_hash,
            prefix_1,
            count(*) as requests,
            case
                when count(prefix_2) = count(*) and min(prefix_2) = max(prefix_2) then max(chars_2)
            end as chars_2,
            case
                when count(prefix_3) = count(*) and min(prefix_3) = max(prefix_3) then max(chars_3)
            end as chars_3,
            case
                when count(prefix_4) = count(*) and min(prefix_4) = max(prefix_4) then max(chars_4)
            end as chars_4,
            max(chars_1) as chars_1,
            cast(sum(text_tokens) as bigint) as text_tokens,
            cast(sum(input_chars) as bigint) as input_chars,
            -- every request holds the prefix, so the shortest bound it; the very shortest may be an odd one
            percentile_disc(0.05) within group (order by text_tokens) as short_tokens,
            max(case when is_reported then 1 else 0 end) as is_reported,
            max(case when written_tokens > 0 then 1 else 0 end) as is_written,
            max(case when written_tokens > 0 or read_tokens > 0 then 1 else 0 end) as is_cached,
            min(started_us) as first_us,
            max(started_us) as last_us
        from prefixes
        group by key, provider, model, system_prompt_hash, prefix_1
        having count(*) >= $min_requests
    ),
    shares as (
        select
            *,
            cast(text_tokens as decimal(19, 0))
            * cast(coalesce(chars_4, chars_3, chars_2, chars_1) as decimal(19, 0)) as token_chars
        from beginnings
    ),
    groups as (
        select
            *,
            -- no real prompt has more tokens than fit in an integer
            least(
                short_tokens,
                cast((token_chars - token_chars % input_chars) / input_chars as bigint),
                2147483647
            ) as prefix_tokens,
            cast(
                row_number() over (
                    order by
                        key nulls last,
                        provider nulls last,
                        model nulls last,
                        system_prompt_hash nulls last,
                        prefix_1 nulls last
                ) as integer
            ) as group_no
        from shares
    ),
    -- not to cache is a policy, too: where entries are written that nobody reads
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
        from groups
        inner join
            cache_rules
            on groups.provider = cache_rules.provider
            and groups.model = cache_rules.model
            and groups.prefix_tokens >= cache_rules.min_tokens
            and groups.last_us >= cache_rules.valid_from_us
            and groups.first_us < cache_rules.valid_to_us
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
        from groups
        where is_written = 1 and prefix_tokens > 0
    ),
    rules as (
        select
            *,
            cast(
                row_number() over (
                    order by group_no nulls last, policy nulls last, valid_from_us nulls last
                ) as integer
            ) as rule_no
        from policies
    ),
    -- Time is cut into slots. None is longer than a time to live, so that no entry lapses within one; and
    -- they divide a day, so that rules change between two.
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
        from rules
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
        from groups
        left join widths on groups.group_no = widths.group_no
        where groups.group_no in (select group_no from rules)
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
    ),
    -- the prefix comes first, so what was read was read of it, then what was written
    arrivals as (
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
    ),
    counted as (
        select
            group_no,
            price_no,
            prefix_tokens,
            read_tokens,
            written_tokens,
            written_1h_tokens,
            slot_us,
            count(*) as requests,
            min(started_us) as first_us,
            max(started_us) as last_us,
            min(readable_us) as readable_us
        from arrivals
        group by group_no, price_no, prefix_tokens, read_tokens, written_tokens, written_1h_tokens, slot_us
    ),
    -- requests that cost the same, whatever the cache
    distinct_kinds as (
        select distinct group_no, price_no, prefix_tokens, read_tokens, written_tokens, written_1h_tokens
        from counted
    ),
    kinds as (
        select
            *,
            cast(
                row_number() over (
                    order by
                        group_no nulls last,
                        price_no nulls last,
                        prefix_tokens nulls last,
                        read_tokens nulls last,
                        written_tokens nulls last,
                        written_1h_tokens nulls last
                ) as integer
            ) as kind_no
        from distinct_kinds
    ),
    -- what a cache can hold of the prefix, and what it would cost to find it there and not to find it
    cacheable as (
        select
            kinds.*,
            rules.rule_no,
            rules.policy,
            rules.ttl_us,
            rules.valid_from_us,
            rules.valid_to_us,
            case
                when kinds.prefix_tokens < rules.min_tokens
                then 0
                else kinds.prefix_tokens - kinds.prefix_tokens % rules.step_tokens
            end as tokens,
            paid_rates.input_usd_per_token as input_usd,
            paid_rates.cache_read_usd_per_token as read_usd,
            paid_rates.cache_write_usd_per_token as write_usd,
            paid_rates.cache_write_1h_usd_per_token as write_1h_usd,
            case
                when rules.policy = 'none'
                then paid_rates.input_usd_per_token
                else paid_rates.cache_read_usd_per_token
            end as hit_usd,
            case
                rules.write_rate
                when 'cache_write'
                then paid_rates.cache_write_usd_per_token
                when 'cache_write_1h'
                then paid_rates.cache_write_1h_usd_per_token
                else paid_rates.input_usd_per_token
            end as miss_usd
        from kinds
        inner join rules on kinds.group_no = rules.group_no
        inner join paid_rates on kinds.price_no = paid_rates.price_no
        where
            -- a book that names no rate for an hour lends that of five minutes
            (
                rules.write_rate <> 'cache_write_1h'
                or paid_rates.cache_write_1h_usd_per_token > paid_rates.cache_write_usd_per_token
            )
            and paid_rates.input_usd_per_token is not null
    ),
    cached as (
        select
            *,
            least(read_tokens, tokens) as was_read,
            least(written_tokens, tokens - least(read_tokens, tokens)) as was_written
        from cacheable
    ),
    split as (select *, least(written_1h_tokens, was_written) as was_written_1h from cached),
    priced as (
        select
            *,
            cast(was_read as decimal(11, 0)) * read_usd
            + cast(was_written - was_written_1h as decimal(11, 0)) * write_usd
            + cast(was_written_1h as decimal(11, 0)) * write_1h_usd
            + cast(tokens - was_read - was_written as decimal(11, 0)) * input_usd
            - cast(was_read as decimal(11, 0)) * hit_usd as paid_usd,
            cast(was_read as decimal(11, 0)) * (input_usd - read_usd) as had_usd,
            cast(tokens - was_read as decimal(11, 0)) as unread
        from split
    ),
    -- what the policy would have spared each request; below 0 it is the premium of a write. What was read is
    -- read in any case
    costs as (
        select
            *,
            cast(paid_usd - unread * hit_usd as decimal(33, 21)) as hit_change_usd,
            cast(paid_usd - unread * miss_usd as decimal(33, 21)) as miss_change_usd
        from priced
    ),
    seen as (
        select counted.*, costs.policy, costs.rule_no, costs.kind_no, costs.ttl_us
        from counted
        inner join
            costs
            on counted.group_no = costs.group_no
            and counted.price_no = costs.price_no
            and counted.prefix_tokens = costs.prefix_tokens
            and counted.read_tokens = costs.read_tokens
            and counted.written_tokens = costs.written_tokens
            and counted.written_1h_tokens = costs.written_1h_tokens
            and counted.first_us >= costs.valid_from_us
            and counted.first_us < costs.valid_to_us
    ),
    slots as (
        select
            group_no,
            policy,
            rule_no,
            ttl_us,
            slot_us,
            min(first_us) as first_us,
            max(last_us) as last_us,
            min(readable_us) as readable_us
        from seen
        group by group_no, policy, rule_no, ttl_us, slot_us
    ),
    -- an entry lives until a gap is longer than its time to live
    gaps as (
        select
            *,
            first_us - lag(last_us) over (partition by group_no, policy order by slot_us nulls last) as gap_us
        from slots
    ),
    epochs as (
        select
            *,
            sum(case when gap_us <= ttl_us then 0 else 1 end) over (
                partition by group_no, policy
                order by slot_us nulls last
                rows between unbounded preceding and current row
            ) as epoch
        from gaps
    ),
    -- A request hits if another of its epoch can be read when it starts: if and only if it does not start
    -- before the first moment from which any of them can be read. Each can be read only after its own start,
    -- so the one of that moment is an earlier one, and no order within the epoch is needed.
    entries as (
        select group_no, policy, epoch, min(readable_us) as readable_us
        from epochs
        group by group_no, policy, epoch
    ),
    readable as (
        select
            epochs.group_no,
            epochs.policy,
            epochs.rule_no,
            epochs.slot_us,
            epochs.first_us,
            epochs.gap_us,
            entries.readable_us
        from epochs
        inner join
            entries
            on epochs.group_no = entries.group_no
            and epochs.policy = entries.policy
            and epochs.epoch = entries.epoch
    ),
    -- of most slots all requests hit or all miss; in the others each is looked at
    told as (
        select
            seen.*,
            readable.readable_us as hit_from_us,
            case
                when readable.readable_us <= seen.first_us
                then seen.requests
                when readable.readable_us > seen.last_us
                then 0
            end as hits
        from seen
        inner join readable on seen.rule_no = readable.rule_no and seen.slot_us = readable.slot_us
    ),
    undecided as (
        select told.kind_no, told.rule_no, arrivals.started_us >= told.hit_from_us as is_hit
        from told
        inner join
            arrivals
            on told.slot_us = arrivals.slot_us
            and told.group_no = arrivals.group_no
            and told.price_no = arrivals.price_no
            and told.prefix_tokens = arrivals.prefix_tokens
            and told.read_tokens = arrivals.read_tokens
            and told.written_tokens = arrivals.written_tokens
            and told.written_1h_tokens = arrivals.written_1h_tokens
        where told.hits is null
    ),
    hits as (
        select kind_no, rule_no, hits, requests - hits as misses
        from told
        where hits is not null
        union all
        select
            kind_no,
            rule_no,
            case when is_hit then 1 else 0 end as hits,
            case when is_hit then 0 else 1 end as misses
        from undecided
    ),
    counts as (
        select
            kind_no,
            rule_no,
            cast(sum(hits) as decimal(10, 0)) as hits,
            cast(sum(misses) as decimal(10, 0)) as misses
        from hits
        group by kind_no, rule_no
    ),
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
        from counts
        inner join costs on counts.kind_no = costs.kind_no and counts.rule_no = costs.rule_no
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
        from rules
        group by group_no, policy
    ),
    -- only a share of the hits is counted on, and what was read already counts towards it
    offs as (
        select
            totals.*,
            ttl_us,
            low_hit_share,
            hit_share,
            high_hit_share,
            premium_usd + share_of(1 - low_hit_share, had_usd) as low_off_usd,
            premium_usd + share_of(1 - hit_share, had_usd) as off_usd,
            premium_usd + share_of(1 - high_hit_share, had_usd) as high_off_usd
        from totals
        inner join hit_shares on totals.group_no = hit_shares.group_no and totals.policy = hit_shares.policy
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
    ),
    chosen as (
        select
            ranked.*,
            greatest(low_off_usd, off_usd, high_off_usd) > 0 as is_netted,
            groups.prefix_tokens as group_prefix_tokens,
            groups.is_reported,
            groups.is_cached,
            cast(groups.requests as double)
            * 3600000000
            / nullif(groups.last_us - groups.first_us, 0) as calls_per_hour
        from ranked
        inner join groups on ranked.group_no = groups.group_no
        where place = 1 and share_of(hit_share, gain_usd) > off_usd
    ),
    changes as (
        select *, miss_change_usd as change_usd, 0 as hit
        from costs
        where miss_change_usd > 0
        union all
        select *, hit_change_usd as change_usd, 1 as hit
        from costs
        where hit_change_usd > 0
        union all
        select *, hit_change_usd as change_usd, 2 as hit
        from costs
        where hit_change_usd > 0
    ),
    -- what can become of a request that saves something: it misses, it hits, or it hits after a pause
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
            share_of(chosen.high_hit_share, changes.change_usd) as high_usd,
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
        inner join chosen on changes.group_no = chosen.group_no and changes.policy = chosen.policy
    ),
    -- the words and sums of each outcome
    worded as (
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
            case when is_reported = 0 or policy = 'automatic' then 'possible' else 'likely' end as certainty,
            cast(group_prefix_tokens as varchar) || ' tokens, ' || miss_cause as evidence,
            tokens - was_read as unread_tokens,
            -- a cache that works by itself and is not reported may have hit all along
            is_reported = 1 or policy <> 'automatic' as is_counted
        from outcomes
    ),
    payable as (
        select readable.*
        from readable
        inner join chosen on readable.group_no = chosen.group_no and readable.policy = chosen.policy
    ),
    found as (
        select
            arrivals.dedupe_key, arrivals.group_no, arrivals.started_us, arrivals.slot_us, outcomes.outcome_no
        from arrivals
        inner join payable on arrivals.group_no = payable.group_no and arrivals.slot_us = payable.slot_us
        inner join
            outcomes
            on payable.rule_no = outcomes.rule_no
            and arrivals.price_no = outcomes.price_no
            and arrivals.prefix_tokens = outcomes.prefix_tokens
            and arrivals.read_tokens = outcomes.read_tokens
            and arrivals.written_tokens = outcomes.written_tokens
            and arrivals.written_1h_tokens = outcomes.written_1h_tokens
            and case
                when arrivals.started_us < payable.readable_us
                then 0
                when arrivals.started_us = payable.first_us and payable.gap_us > 300000000
                then 2
                else 1
            end
            = outcomes.hit
    ),
    -- What is off is taken off the first gains of the group, so that no request saves less than nothing. Only
    -- those are added up one by one: once a slot begins with more than is off (and what rounding can add to
    -- it), the share of each gain counts in full.
    slot_gains as (
        select found.group_no, found.slot_us, sum(outcomes.change_usd) as gain_usd
        from found
        inner join outcomes on found.outcome_no = outcomes.outcome_no
        where outcomes.is_netted
        group by found.group_no, found.slot_us
    ),
    gained as (
        select
            group_no,
            slot_us,
            sum(gain_usd) over (
                partition by group_no
                order by slot_us nulls last
                rows between unbounded preceding and 1 preceding
            ) as gained_usd
        from slot_gains
    ),
    settled as (
        select gained.group_no, min(gained.slot_us) as slot_us
        from gained
        inner join chosen on gained.group_no = chosen.group_no
        where
            least(
                share_of(chosen.low_hit_share, gained.gained_usd) - chosen.low_off_usd,
                share_of(chosen.hit_share, gained.gained_usd) - chosen.off_usd,
                share_of(chosen.high_hit_share, gained.gained_usd) - chosen.high_off_usd
            )
            > 0.000000000000000000002
        group by gained.group_no
    ),
    settlements as (
        select
            chosen.group_no,
            -- in time before all others, and after them
            case
                when chosen.is_netted then coalesce(settled.slot_us, 9000000000000000000) else 0
            end as settled_us
        from chosen
        left join settled on chosen.group_no = settled.group_no
    ),
    running as (
        select
            found.dedupe_key,
            found.outcome_no,
            sum(outcomes.change_usd) over (
                partition by found.group_no
                order by found.started_us nulls last, found.dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as gained_usd
        from found
        inner join settlements on found.group_no = settlements.group_no
        inner join outcomes on found.outcome_no = outcomes.outcome_no
        where found.started_us < settlements.settled_us
        union all
        select found.dedupe_key, found.outcome_no, cast(null as decimal(38, 21)) as gained_usd
        from found
        inner join settlements on found.group_no = settlements.group_no
        where found.started_us >= settlements.settled_us
    ),
    netted as (
        select
            running.dedupe_key,
            worded.*,
            case
                when gained_usd is null
                then low_usd
                else least(low_usd, share_of(low_hit_share, gained_usd) - low_off_usd)
            end as low_left_usd,
            case
                when gained_usd is null then usd else least(usd, share_of(hit_share, gained_usd) - off_usd)
            end as left_usd,
            case
                when gained_usd is null
                then high_usd
                else least(high_usd, share_of(high_hit_share, gained_usd) - high_off_usd)
            end as high_left_usd
        from running
        inner join worded on running.outcome_no = worded.outcome_no
    )
select
    dedupe_key,
    finding,
    cast(case when is_counted then greatest(left_usd, 0) else 0 end as decimal(38, 21)) as saving_usd,
    cast(
        case when is_reported = 1 then greatest(low_left_usd, 0) else 0 end as decimal(38, 21)
    ) as saving_low_usd,
    cast(high_left_usd as decimal(38, 21)) as saving_high_usd,
    certainty,
    evidence,
    policy,
    miss_cause,
    group_prefix_tokens as prefix_tokens,
    unread_tokens,
    calls_per_hour
from netted
where high_left_usd > 0
