/*
title: Findings
answers: What can a person do, and what would it save?
inputs: [claims, scope, hits, groups]
*/
-- The rows of `llmcost detect`, largest saving first. Three requests stand for each: the one that saves
-- most, and two others.
with
    found as (
        select
            place,
            group_no,
            certainty,
            evidence_tier,
            count(*) as requests,
            sum(saving_usd) as saving_usd,
            sum(saving_low_usd) as saving_low_usd,
            sum(saving_high_usd) as saving_high_usd,
            sum(standalone_usd) as standalone_usd,
            max(standalone_usd) as most_usd,
            min(dedupe_key) as lowest_key,
            max(dedupe_key) as highest_key,
            -- keys are hashes, so this is somewhere in the middle
            min(case when dedupe_key > 9223372036854775807 then dedupe_key end) as middle_key
        from claims
        group by place, group_no, certainty, evidence_tier
    ),
    shown as (
        select
            found.place,
            found.group_no,
            found.certainty,
            found.evidence_tier,
            min(claims.dedupe_key) as top_key,
            min(found.lowest_key) as lowest_key,
            min(found.highest_key) as highest_key,
            min(found.middle_key) as middle_key
        from claims
        inner join
            found
            on claims.place = found.place
            and claims.group_no = found.group_no
            and claims.certainty = found.certainty
            and claims.evidence_tier is not distinct from found.evidence_tier
            and claims.standalone_usd is not distinct from found.most_usd
        group by found.place, found.group_no, found.certainty, found.evidence_tier
    ),
    keys as (
        select place, group_no, certainty, evidence_tier, 1 as number, top_key as dedupe_key
        from shown
        union all
        select place, group_no, certainty, evidence_tier, 2 as number, lowest_key as dedupe_key
        from shown
        where lowest_key <> top_key
        union all
        select place, group_no, certainty, evidence_tier, 3 as number, highest_key as dedupe_key
        from shown
        where highest_key <> top_key and highest_key <> lowest_key
        union all
        select place, group_no, certainty, evidence_tier, 4 as number, middle_key as dedupe_key
        from shown
        where middle_key <> top_key and middle_key <> lowest_key and middle_key <> highest_key
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by place, group_no, certainty, evidence_tier order by number nulls last
            ) as example
        from keys
    ),
    named_keys as (
        select numbered.*, scope.request_id
        from numbered
        inner join scope on numbered.dedupe_key = scope.dedupe_key
        where scope.dedupe_key in (select dedupe_key from keys) and numbered.example <= 3
    ),
    examples as (
        select
            place,
            group_no,
            certainty,
            evidence_tier,
            string_agg(request_id, ' ' order by number nulls last, dedupe_key nulls last) as examples
        from named_keys
        group by place, group_no, certainty, evidence_tier
    )
select
    found.place,
    hits.detector,
    found.group_no,
    groups.key,
    groups.model,
    groups.route,
    found.certainty,
    found.evidence_tier,
    found.requests,
    groups.of_requests,
    groups.spend_usd,
    found.saving_usd,
    found.saving_low_usd,
    found.saving_high_usd,
    found.standalone_usd,
    hits.finding || ': ' || hits.evidence as evidence,
    examples.examples
from found
inner join groups on found.group_no = groups.group_no
inner join
    shown
    on found.place = shown.place
    and found.group_no = shown.group_no
    and found.certainty = shown.certainty
    and found.evidence_tier is not distinct from shown.evidence_tier
inner join
    examples
    on found.place = examples.place
    and found.group_no = examples.group_no
    and found.certainty = examples.certainty
    and found.evidence_tier is not distinct from examples.evidence_tier
inner join hits on shown.top_key = hits.dedupe_key and shown.place = hits.place
order by
    found.saving_usd desc nulls last,
    found.place nulls last,
    groups.key nulls last,
    groups.model nulls last,
    groups.route nulls last,
    found.certainty nulls last,
    found.evidence_tier nulls last
