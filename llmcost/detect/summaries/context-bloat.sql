/*
title: Caps of input
answers: Which prompts stand out, how large are the others, and what would a cap save at which size?
inputs: [own_hits]
*/
with
    sums as (
        select
            group_no,
            certainty,
            evidence_tier,
            min(finding) as finding,
            count(*) as requests,
            min(usual_tokens) as usual_tokens,
            min(cap_tokens) as cap_tokens,
            max(p50_tokens) as p50_tokens,
            max(p75_tokens) as p75_tokens,
            max(p90_tokens) as p90_tokens,
            max(p95_tokens) as p95_tokens,
            max(answer_p95_tokens) as answer_p95_tokens,
            sum(cap_p50_usd) as cap_p50_usd,
            sum(cap_p75_usd) as cap_p75_usd,
            sum(cap_p90_usd) as cap_p90_usd
        from own_hits
        group by group_no, certainty, evidence_tier
    )
select
    group_no,
    certainty,
    evidence_tier,
    p50_tokens,
    p75_tokens,
    p90_tokens,
    p95_tokens,
    answer_p95_tokens,
    cap_tokens,
    cap_p50_usd,
    cap_p75_usd,
    cap_p90_usd,
    finding
    || ': '
    || cast(requests as varchar)
    || ' with more than '
    || cast(cap_tokens as varchar)
    || ' input tokens ('
    || cast(usual_tokens as varchar)
    || ' are usual; p75 '
    || cast(p75_tokens as varchar)
    || ', p90 '
    || cast(p90_tokens as varchar)
    || ', p95 '
    || cast(p95_tokens as varchar)
    || '), 95 of 100 answers of at most '
    || cast(answer_p95_tokens as varchar)
    || ' tokens, no longer where more was sent' as evidence,
    'Look at what the large ones hold: send the passages that matter instead of whole documents, cut pasted logs, trim '
    || 'histories, and cap the input at about '
    || cast(cap_tokens as varchar)
    || ' tokens, if the answers hold.' as fix
from sums
