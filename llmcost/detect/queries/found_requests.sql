/*
title: Requests
answers: Which requests were found, by which detector, why, and what would each save?
inputs: [hits, claims, groups, named_requests]
*/
-- The rows of `llmcost detect --requests`, largest saving first.
select
    named.request_id,
    hits.detector,
    hits.finding,
    claims.saving_usd,
    claims.saving_low_usd,
    claims.saving_high_usd,
    claims.standalone_usd,
    claims.certainty,
    claims.evidence_tier,
    hits.evidence,
    named.started_at,
    named.key,
    named.model,
    groups.route,
    named.cost_usd
from claims
inner join hits on claims.dedupe_key = hits.dedupe_key and claims.place = hits.place
inner join named_requests as named on claims.dedupe_key = named.dedupe_key
inner join groups on claims.group_no = groups.group_no
order by
    claims.saving_usd desc nulls last,
    claims.place nulls last,
    named.request_id nulls last,
    claims.dedupe_key nulls last
