/*
title: Cheaper models to try
answers: Which model might do, what are the answers like, and how is it proved?
inputs: [own_hits]
*/
with
    sums as (
        select
            group_no,
            certainty,
            evidence_tier,
            min(key) as key,
            min(model) as model,
            min(finding) as finding,
            -- of a group with both, that of the labels
            coalesce(min(case when answers is not null then stand_in end), min(stand_in)) as try_model,
            sum(stand_in_usd) as try_cost_usd,
            max(labels) as labels,
            max(lengths) as lengths,
            max(answers) as answers,
            max(cast(top_answers as double) / answers) as top_answer_share,
            cast(max(p95_tokens) as bigint) as answer_p95_tokens
        from own_hits
        group by group_no, certainty, evidence_tier
    )
select
    group_no,
    certainty,
    evidence_tier,
    try_model,
    try_cost_usd,
    labels,
    top_answer_share,
    answer_p95_tokens,
    finding || case
        when labels is not null
        then
            case when evidence_tier = 'fields' then ': one of ' else ': ' end
            || cast(labels as varchar)
            || case
                when evidence_tier = 'fields' then ' answers asked for in ' else ' different answers in '
            end
            || cast(answers as varchar)
            || ', 95 of 100 of at most '
            || cast(answer_p95_tokens as varchar)
            || ' tokens; '
            || try_model
            || ' costs less for the same tokens'
        when lengths is not null
        then
            ': '
            || cast(lengths as varchar)
            || ' different counts of output tokens in '
            || cast(answers as varchar)
            || ' answers, 95 of 100 of at most '
            || cast(answer_p95_tokens as varchar)
            || ', as of a closed list; '
            || try_model
            || ' costs less for the same tokens'
        else ': ' || try_model || ' succeeded it and costs less for the same tokens'
    end as evidence,
    case when evidence_tier = 'counts' then 'If the answers are picked from a list: try ' else 'Try ' end
    || try_model
    || ' on a sample: llmcost sample'
    || coalesce(' --where key=' || key, '')
    || ' --where model='
    || model
    || ' --as '
    || try_model
    || ' -o sample.csv, replay it, then llmcost verify; switch if the answers hold.' as fix
from sums
