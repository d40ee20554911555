/*
title: Prompt tax
why: The same long beginning of a prompt was sent again and again, and paid in full each time although a cache would have had it.
advice: Put what never changes first and cache it (explicitly, or with a stable routing key where caching is automatic).
rank: 4
inputs: [prefixes, single_requests, cache_rules, paid_rates]
params:
  min_requests: 50  # fewer that begin alike are not worth a change of code
  max_gap: 0.03  # without text: prompts further apart than this share of their size are of another kind
  min_share: 0.2  # without text: of a key's prompts, those of one kind are at least this share
  max_spread: 0.1  # without text: half of the prompts are longer than the shortest by no more than this share
  max_even_spread: 0.02  # the same where few are much longer than that
  min_even_tokens: 32  # and then half are longer by this at least: texts that are cut to a size differ by less
  min_usual_share: 0.8  # without text: of what caches hold, the usual size is at least this share
tiers:  # of evidence: what a request must have for each
  text: {fields: [prefix_hashes]}
  counters: {fields: [cache_read_input_tokens, cache_write_input_tokens]}
  counts: {fields: [input_tokens]}
needs:
  - fields: [prefix_hashes, input_tokens]
    says: no prompts and no counts of tokens
steps:
  - prefix_groups  # requests that begin alike, and what they share
  - bare_prompts  # requests without text
  - bare_sizes
  - bare_members
  - bare_clusters
  - bare_groups  # what they may share
  - large_prefix_groups
  - prefix_policies  # how each could be cached
  - prefix_arrivals  # their requests
  - prefix_counts  # those that cost the same
  - prefix_costs  # what a hit and a miss would have saved
  - prefix_counts_by_policy
  - prefix_entries  # when each policy had an entry to read
  - prefix_hits
  - prefix_choices  # the policy that saves most
  - prefix_outcomes  # what becomes of a request under it
*/
with
    payable as (
        select readable.*
        from prefix_entries as readable
        inner join
            prefix_choices as chosen
            on readable.group_no = chosen.group_no
            and readable.policy = chosen.policy
    ),
    found as (
        select
            arrivals.dedupe_key, arrivals.group_no, arrivals.started_us, arrivals.slot_us, outcomes.outcome_no
        from prefix_arrivals as arrivals
        inner join payable on arrivals.group_no = payable.group_no and arrivals.slot_us = payable.slot_us
        inner join
            prefix_outcomes as outcomes
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
        inner join prefix_outcomes as outcomes on found.outcome_no = outcomes.outcome_no
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
        inner join prefix_choices as chosen on gained.group_no = chosen.group_no
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
        from prefix_choices as chosen
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
        inner join prefix_outcomes as outcomes on found.outcome_no = outcomes.outcome_no
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
            outcomes.*,
            case
                when gained_usd is null
                then low_usd
                else least(low_usd, share_of(low_hit_share, gained_usd) - low_off_usd)
            end as low_left_usd,
            case
                when gained_usd is null then usd else least(usd, share_of(hit_share, gained_usd) - off_usd)
            end as left_usd,
            case
                when gained_usd is null or evidence_tier = 'counts'
                then high_usd
                else least(high_usd, share_of(high_hit_share, gained_usd) - high_off_usd)
            end as high_left_usd
        from running
        inner join prefix_outcomes as outcomes on running.outcome_no = outcomes.outcome_no
    )
select
    dedupe_key,
    finding,
    cast(
        case
            when not is_counted
            then 0
            when evidence_tier = 'counts'
            then share_of(prefix_share, greatest(left_usd, 0))
            else greatest(left_usd, 0)
        end as decimal(38, 21)
    ) as saving_usd,
    cast(
        case
            when is_likely = 1 or (is_reported = 1 and evidence_tier = 'text')
            then greatest(low_left_usd, 0)
            else 0
        end as decimal(38, 21)
    ) as saving_low_usd,
    cast(high_left_usd as decimal(38, 21)) as saving_high_usd,
    certainty,
    evidence_tier,
    evidence,
    policy,
    miss_cause,
    group_prefix_tokens as prefix_tokens,
    unread_tokens,
    calls_per_hour
from netted
where high_left_usd > 0
