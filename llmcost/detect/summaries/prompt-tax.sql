/*
title: Prefixes and misses
answers: How long is the prefix, how often does it come, which cache would pay, and why was it missed?
inputs: [own_hits]
*/
with
    causes as (
        select
            group_no,
            certainty,
            evidence_tier,
            string_agg(
                miss_cause || ' ' || cast(requests as varchar),
                ', '
                order by requests desc nulls last, miss_cause nulls last
            ) as causes
        from
            (
                select group_no, certainty, evidence_tier, miss_cause, count(*) as requests
                from own_hits
                group by group_no, certainty, evidence_tier, miss_cause
            ) as counted
        group by group_no, certainty, evidence_tier
    ),
    sums as (
        select
            group_no,
            certainty,
            evidence_tier,
            case
                when min(policy) = max(policy) then min(policy) else min(policy) || ' or ' || max(policy)
            end as policy,
            cast(max(prefix_tokens) as bigint) as prefix_tokens,
            cast(sum(unread_tokens) as bigint) as unread_tokens,
            max(calls_per_hour) as calls_per_hour
        from own_hits
        group by group_no, certainty, evidence_tier
    )
select
    sums.group_no,
    sums.certainty,
    sums.evidence_tier,
    sums.policy,
    sums.prefix_tokens,
    sums.unread_tokens,
    sums.calls_per_hour,
    causes.causes,
    case
        when sums.evidence_tier = 'text'
        then 'prompts begin with the same ' || cast(sums.prefix_tokens as varchar) || ' tokens'
        when sums.evidence_tier = 'counts'
        then
            'prompts are little longer than '
            || cast(sums.prefix_tokens as varchar)
            || ' tokens, so that at most these are the same in all'
        when sums.policy = 'none'
        then
            'up to '
            || cast(sums.prefix_tokens as varchar)
            || ' tokens are written to a cache for too few reads'
        else 'the provider''s cache has entries of ' || cast(sums.prefix_tokens as varchar) || ' tokens'
    end
    || '; cache policy that pays: '
    || sums.policy
    || '; '
    || causes.causes as evidence,
    case
        when sums.evidence_tier = 'counts'
        then
            'Look whether these prompts begin alike, which counts cannot show; if so, put what never changes '
            || 'first and cache it.'
        when sums.evidence_tier = 'counters' and sums.policy = 'none'
        then 'Stop writing to the cache what is not read again, or put what never changes first.'
    end as fix
from sums
inner join
    causes
    on sums.group_no = causes.group_no
    and sums.certainty = causes.certainty
    and sums.evidence_tier = causes.evidence_tier
