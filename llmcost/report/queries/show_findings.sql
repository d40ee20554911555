/*
title: What detectors found near one request
answers: Which requests of its chain did detectors find, and what would each save?
inputs: [claims, hits, near]
*/
select
    claims.dedupe_key,
    hits.detector,
    hits.finding,
    claims.saving_usd,
    claims.saving_low_usd,
    claims.saving_high_usd,
    claims.standalone_usd,
    claims.certainty,
    claims.evidence_tier,
    hits.evidence
from claims
inner join hits on claims.dedupe_key = hits.dedupe_key and claims.place = hits.place
where claims.dedupe_key in (select dedupe_key from near)
order by claims.dedupe_key, claims.place
