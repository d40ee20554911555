/*
title: Prompt tax
why: The same long beginning of a prompt was sent again and again, and paid in full each time although a cache would have had it.
advice: Put what never changes first and cache it (explicitly, or with a stable routing key where caching is automatic).
rank: 4
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
            case
                when chars_4 is not null
                then 4
                when chars_3 is not null
                then 3
                when chars_2 is not null
                then 2
                else 1
            end as prefix_messages,
            cast(text_tokens as decimal(19, 0))
            * cast(coalesce(chars_4, chars_3, chars_2, chars_1) as decimal(19, 0)) as token_chars
        from beginnings
    ),
    groups as (
        select
            *,
            least(
                short_tokens, cast((token_chars - token_chars % input_chars) / input_chars as bigint)
            ) as prefix_tokens,
            row_number() over (
                order by
                    key nulls last,
                    provider nulls last,
                    model nulls last,
                    system_prompt_hash nulls last,
                    prefix_1 nulls last
            ) as group_no
        from shares
    ),
    -- not to cache is a policy, too: where entries are written that nobody reads
    rules as (
        select
            groups.group_no,
            groups.key,
            groups.provider,
            groups.model,
            groups.system_prompt_hash,
            groups.prefix_1,
            groups.prefix_tokens,
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
            key,
            provider,
            model,
            system_prompt_hash,
            prefix_1,
            prefix_tokens,
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
    cached_groups as (
        select distinct group_no, key, provider, model, system_prompt_hash, prefix_1, prefix_tokens from rules
    ),
    arrivals as (
        select
            groups.group_no,
            prefixes.dedupe_key,
            prefixes.started_us,
            prefixes.readable_us,
            prefixes.started_us - lag(prefixes.started_us) over (
                partition by groups.group_no
                order by prefixes.started_us nulls last, prefixes.dedupe_key nulls last
            ) as gap_us,
            least(groups.prefix_tokens, prefixes.text_tokens) as prefix_tokens,
            prefixes.read_tokens,
            prefixes.written_tokens,
            prefixes.written_1h_tokens,
            prefixes.input_usd_per_token as input_usd,
            prefixes.cache_read_usd_per_token as read_usd,
            prefixes.cache_write_usd_per_token as write_usd,
            prefixes.cache_write_1h_usd_per_token as write_1h_usd
        from prefixes
        inner join
            cached_groups as groups
            on prefixes.prefix_1 = groups.prefix_1
            and prefixes.system_prompt_hash is not distinct from groups.system_prompt_hash
            and prefixes.key is not distinct from groups.key
            and prefixes.provider is not distinct from groups.provider
            and prefixes.model is not distinct from groups.model
    ),
    -- what a cache can hold of the prefix, and what it would cost to find it there and not to find it
    cacheable as (
        select
            arrivals.*,
            rules.policy,
            rules.ttl_us,
            case
                when arrivals.prefix_tokens < rules.min_tokens
                then 0
                else arrivals.prefix_tokens - arrivals.prefix_tokens % rules.step_tokens
            end as tokens,
            case when rules.policy = 'none' then input_usd else read_usd end as hit_usd,
            case
                rules.write_rate
                when 'cache_write'
                then write_usd
                when 'cache_write_1h'
                then write_1h_usd
                else input_usd
            end as miss_usd
        from arrivals
        inner join
            rules
            on arrivals.group_no = rules.group_no
            and arrivals.started_us >= rules.valid_from_us
            and arrivals.started_us < rules.valid_to_us
        where
            -- a book that names no rate for an hour lends that of five minutes
            (rules.write_rate <> 'cache_write_1h' or write_1h_usd > write_usd) and input_usd is not null
    ),
    -- the prefix comes first, so what was read was read of it, then what was written
    counted as (
        select
            *,
            least(read_tokens, tokens) as was_read,
            least(written_tokens, tokens - least(read_tokens, tokens)) as was_written
        from cacheable
    ),
    split as (select *, least(written_1h_tokens, was_written) as was_written_1h from counted),
    priced as (
        select
            group_no,
            policy,
            dedupe_key,
            started_us,
            readable_us,
            gap_us,
            ttl_us,
            tokens,
            was_read,
            was_written,
            was_written_1h,
            hit_usd,
            miss_usd,
            cast(was_read as decimal(11, 0)) * read_usd
            + cast(was_written - was_written_1h as decimal(11, 0)) * write_usd
            + cast(was_written_1h as decimal(11, 0)) * write_1h_usd
            + cast(tokens - was_read - was_written as decimal(11, 0)) * input_usd as paid_usd,
            cast(was_read as decimal(11, 0)) * (input_usd - read_usd) as had_usd
        from split
    ),
    -- an entry lives until a gap is longer than its time to live
    epochs as (
        select
            *,
            sum(case when gap_us <= ttl_us then 0 else 1 end) over (
                partition by group_no, policy
                order by started_us nulls last, dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as epoch
        from priced
    ),
    replayed as (
        select
            *,
            coalesce(
                min(readable_us) over (
                    partition by group_no, policy, epoch
                    order by started_us nulls last, dedupe_key nulls last
                    rows between unbounded preceding and 1 preceding
                )
                <= started_us,
                false
            ) as is_hit
        from epochs
    ),
    -- what the policy would have spared each request; below 0 it is the premium of a write. What was read is
    -- read in any case
    changes as (
        select
            group_no,
            policy,
            dedupe_key,
            started_us,
            gap_us,
            is_hit,
            was_read,
            was_written,
            was_written_1h,
            tokens - was_read as unread_tokens,
            paid_usd
            - cast(was_read as decimal(11, 0)) * hit_usd
            - cast(tokens - was_read as decimal(11, 0))
            * case when is_hit then hit_usd else miss_usd end as change_usd,
            case when is_hit then had_usd else 0 end as had_usd
        from replayed
    ),
    totals as (
        select
            group_no,
            policy,
            sum(case when is_hit then 1 else 0 end) as hits,
            sum(case when was_read > 0 then 1 else 0 end) as reads,
            sum(greatest(change_usd, 0)) as gain_usd,
            sum(greatest(- change_usd, 0)) as premium_usd,
            sum(had_usd) as had_usd
        from changes
        group by group_no, policy
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
    chosen as (select * from ranked where place = 1 and share_of(hit_share, gain_usd) > off_usd),
    running as (
        select
            changes.*,
            sum(changes.change_usd) over (
                partition by changes.group_no
                order by changes.started_us nulls last, changes.dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as gained_usd
        from changes
        inner join chosen on changes.group_no = chosen.group_no and changes.policy = chosen.policy
        where changes.change_usd > 0
    ),
    -- what is off is taken off the first gains of the group, so that no request saves less than nothing
    netted as (
        select
            running.*,
            groups.requests,
            groups.prefix_tokens,
            groups.prefix_messages,
            groups.is_reported,
            groups.is_cached,
            groups.last_us - groups.first_us as span_us,
            chosen.hits,
            chosen.reads,
            least(
                share_of(low_hit_share, change_usd), share_of(low_hit_share, gained_usd) - low_off_usd
            ) as low_left_usd,
            least(share_of(hit_share, change_usd), share_of(hit_share, gained_usd) - off_usd) as left_usd,
            least(
                share_of(high_hit_share, change_usd), share_of(high_hit_share, gained_usd) - high_off_usd
            ) as high_left_usd
        from running
        inner join groups on running.group_no = groups.group_no
        inner join chosen on running.group_no = chosen.group_no
    ),
    causes as (
        select
            *,
            case
                when is_reported = 0
                then 'not reported'
                when policy = 'none'
                then 'never read'
                when policy <> 'automatic' and is_cached = 0
                then 'not cached'
                when not is_hit
                then 'written for too long'
                when was_written = 0
                then 'missed'
                -- what a cache of five minutes had forgotten
                when policy = '1h' and was_written_1h = 0 and gap_us > 300000000
                then 'lapsed'
                else 'written again'
            end as miss_cause
        from netted
        where high_left_usd > 0
    )
select
    dedupe_key,
    case
        policy
        when 'none'
        then 'cached for nothing'
        when 'automatic'
        then 'automatic cache missed'
        else 'prefix not cached for ' || policy
    end as finding,
    -- a cache that works by itself and is not reported may have hit all along
    cast(
        case when is_reported = 0 and policy = 'automatic' then 0 else greatest(left_usd, 0) end as decimal(
            38, 21
        )
    ) as saving_usd,
    cast(
        case when is_reported = 0 then 0 else greatest(low_left_usd, 0) end as decimal(38, 21)
    ) as saving_low_usd,
    cast(high_left_usd as decimal(38, 21)) as saving_high_usd,
    case when is_reported = 0 or policy = 'automatic' then 'possible' else 'likely' end as certainty,
    cast(prefix_tokens as varchar)
    || ' tokens begin '
    || cast(requests as varchar)
    || ' requests alike; '
    || cast(reads as varchar)
    || ' read them from a cache, '
    || case
        when policy = 'none' then 'too few to pay for the writes' else cast(hits as varchar) || ' could have'
    end
    || '; '
    || miss_cause as evidence,
    policy,
    miss_cause,
    prefix_tokens,
    prefix_messages,
    unread_tokens,
    requests as group_requests,
    hits as group_hits,
    reads as group_reads,
    cast(requests as double) * 3600000000 / nullif(span_us, 0) as calls_per_hour,
    gap_us
from causes
