/*
# over 200 lines: groups, causes and layers are sums of the same attempts
title: Operations and attempts
answers: How many requests did one of a user's become, why, how fast were they sent again, and by which layer?
inputs: [routes, own_hits]
*/
with
    sent as (select group_no, cast(sum(requests) as bigint) as requests from routes group by group_no),
    pauses as (
        select
            *,
            lag(next_gap_us) over (
                partition by group_no, certainty, evidence_tier, chain_key
                order by attempt nulls last, dedupe_key nulls last
            ) as gap_before_us
        from own_hits
    ),
    chains as (
        select
            group_no,
            certainty,
            evidence_tier,
            chain_key,
            max(attempts) as attempts,
            sum(added_us) as added_us,
            case
                when max(next_gap_us) < 1000000
                then 'none'
                when count(*) = 1
                then 'one pause'
                when 10 * max(next_gap_us) <= 13 * min(next_gap_us)
                then 'fixed'
                when min(case when 2 * next_gap_us < 3 * gap_before_us then 0 else 1 end) = 1
                then 'exponential'
                else 'irregular'
            end as backoff,
            max(case when layer = 'gateway' then attempt end) is not null
            and max(case when layer = 'client' then attempt end) is not null as is_nested,
            max(layer) as layer
        from pauses
        group by group_no, certainty, evidence_tier, chain_key
    ),
    backoffs as (
        select
            *,
            row_number() over (
                partition by group_no, certainty, evidence_tier
                order by chains desc nulls last, backoff nulls last
            ) as place
        from
            (
                select group_no, certainty, evidence_tier, backoff, count(*) as chains
                from chains
                group by group_no, certainty, evidence_tier, backoff
            ) as counted
    ),
    errors as (
        select
            group_no,
            certainty,
            evidence_tier,
            string_agg(
                error || ' ' || cast(attempts as varchar),
                ', '
                order by attempts desc nulls last, error nulls last
            ) as errors
        from
            (
                select group_no, certainty, evidence_tier, error, count(*) as attempts
                from own_hits
                group by group_no, certainty, evidence_tier, error
            ) as counted
        group by group_no, certainty, evidence_tier
    ),
    -- a fix for one cause does nothing about another
    fixed as (
        select
            group_no,
            certainty,
            evidence_tier,
            saving_usd,
            case
                when
                    error in (
                        'length',
                        'max_tokens',
                        'max_output_tokens',
                        'MAX_TOKENS',
                        'model_length',
                        'model_context_window_exceeded'
                    )
                then 'Raise max_tokens or ask for shorter answers: cut answers were asked for again'
                when error = 'answered'
                then 'Keep the answer that came, it was asked for again'
                when error in ('429', '529', '503')
                then 'Back off longer each time and honour Retry-After, in one layer only'
                when error in ('408', '499', '504', '524')
                then 'Wait longer or stream: requests were given up and sent again'
                when error in ('400', '401', '403', '404', '413', '422')
                then 'Fix the request, sending it again cannot help'
                when
                    error in (
                        'content_filter',
                        'content-filter',
                        'content_filtered',
                        'guardrail_intervened',
                        'refusal',
                        'SAFETY',
                        'RECITATION',
                        'BLOCKLIST',
                        'PROHIBITED_CONTENT',
                        'SPII',
                        'IMAGE_SAFETY'
                    )
                then 'Do not send again what a filter refused'
                else 'Retry in one layer only, with backoff and a cap'
            end as advice
        from own_hits
    ),
    -- half a cent goes to the even cent, as in every table
    fixes as (
        select
            group_no,
            certainty,
            evidence_tier,
            string_agg(
                advice || case
                    when saving_usd is null
                    then ' (no price)'
                    when saving_usd > 0 and saving_usd < 0.005
                    then ' (<$0.01)'
                    else
                        ' ($' || cast(
                            rounded - case
                                when rounded - saving_usd = 0.005 and (rounded * 100) % 2 = 1 then 0.01 else 0
                            end as varchar
                        )
                        || ')'
                end,
                '. '
                order by saving_usd desc nulls last, advice nulls last
            )
            || '.' as fix
        from
            (
                select
                    group_no,
                    certainty,
                    evidence_tier,
                    advice,
                    sum(saving_usd) as saving_usd,
                    cast(sum(saving_usd) as decimal(38, 2)) as rounded
                from fixed
                group by group_no, certainty, evidence_tier, advice
            ) as summed
        group by group_no, certainty, evidence_tier
    ),
    operations as (
        select
            group_no,
            certainty,
            evidence_tier,
            count(*) as operations,
            max(attempts) as longest,
            cast(
                percentile_disc(0.95) within group (order by added_us) / 1000 as bigint
            ) as added_latency_p95_ms,
            case
                when max(case when is_nested then 1 else 0 end) = 1
                then 'client x gateway'
                when min(layer) = max(layer)
                then min(layer)
                else 'client or gateway'
            end as layers
        from chains
        group by group_no, certainty, evidence_tier
    ),
    resent as (
        select
            group_no,
            certainty,
            evidence_tier,
            count(*) as requests,
            sum(case when error = '429' then 1 else 0 end) as rate_limited,
            cast(sum(input_tokens) as bigint) as resent_tokens,
            sum(unbilled_status_usd) as unbilled_status_usd,
            sum(unobserved_usd) as unobserved_usd,
            -- of those by counts of tokens alone
            max(chance) as chance
        from own_hits
        group by group_no, certainty, evidence_tier
    )
select
    resent.group_no,
    resent.certainty,
    resent.evidence_tier,
    operations.operations,
    resent.requests + operations.operations as attempts,
    cast(sent.requests as double) / nullif(sent.requests - resent.requests, 0) as amplification,
    operations.longest,
    errors.errors,
    backoffs.backoff,
    operations.layers,
    operations.added_latency_p95_ms,
    resent.rate_limited,
    resent.resent_tokens,
    resent.unbilled_status_usd,
    resent.unobserved_usd,
    cast(operations.operations as varchar)
    || case when operations.operations = 1 then ' operation took ' else ' operations took ' end
    || cast(resent.requests + operations.operations as varchar)
    || ' attempts, at most '
    || cast(operations.longest as varchar)
    || ': '
    || errors.errors
    || '; backoff '
    || backoffs.backoff
    || ', sent again by '
    || operations.layers
    || case
        when resent.chance is not null
        then
            '; by equal counts of input tokens alone, each by chance at most 1 in '
            || cast(cast((1000000 - 1000000 % resent.chance) / resent.chance as bigint) as varchar)
        else ''
    end as evidence,
    fixes.fix
from resent
inner join
    fixes
    on resent.group_no = fixes.group_no
    and resent.certainty = fixes.certainty
    and resent.evidence_tier = fixes.evidence_tier
inner join
    operations
    on resent.group_no = operations.group_no
    and resent.certainty = operations.certainty
    and resent.evidence_tier = operations.evidence_tier
inner join
    errors
    on resent.group_no = errors.group_no
    and resent.certainty = errors.certainty
    and resent.evidence_tier = errors.evidence_tier
inner join
    backoffs
    on resent.group_no = backoffs.group_no
    and resent.certainty = backoffs.certainty
    and resent.evidence_tier = backoffs.evidence_tier
    and backoffs.place = 1
inner join sent on resent.group_no = sent.group_no
