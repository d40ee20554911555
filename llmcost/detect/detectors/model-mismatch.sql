/*
title: Model mismatch
why: A dear model did what a smaller one might do as well, or an old model what its cheaper successor does.
advice: Ask the cheaper model the same for a sample of these requests, compare the answers, and switch if they hold.
rank: 5
inputs: [scope, single_requests, smaller_names, smaller_requests, successor_days, successor_requests]
params:
  min_requests: 50  # fewer answers do not show what answers there are
  max_labels: 20  # more different answers are not a closed list
  max_label_tokens: 20  # of output, in 95 of 100 answers
  max_top_share: 0.98  # where one answer is more frequent, the rare one is what matters: a guard
  max_lengths: 5  # of answers that are not logged; more different counts of output tokens are no closed list
  max_top_length: 0.9  # where one count is more frequent, it may be a guard
  escalation_share: 0.15  # of the requests, sent to the dear model again; the low end of the range
  tokenizer_factor: 1.3  # the successor may count more tokens in the same text; the low end of the range
tiers:  # of evidence: what a request must have for each
  text: {fields: [output_hash]}
  fields: {fields: [response_choices]}
  counts: {fields: [output_tokens]}
needs:
  - fields: [cost_usd]
    of: price_status = 'priced'
    says: no requests that could be priced
steps:
  - answer_kinds  # answers by what is known of them
  - answer_routes  # those that may be labels
  - routed_answers
  - logged_labels  # answers of routes that only pick labels
  - chosen_labels  # not logged, of requests that ask for one of a few values
  - counted_labels  # not logged, with counts as of a closed list
*/
with
    closed as (
        select
            dedupe_key,
            cost_usd,
            'text' as evidence_tier,
            true as is_no_guard,
            labels,
            cast(null as bigint) as lengths,
            answers,
            top_answers,
            p95_tokens
        from logged_labels
        union all
        select
            dedupe_key,
            cost_usd,
            'fields' as evidence_tier,
            is_no_guard,
            labels,
            lengths,
            answers,
            top_answers,
            p95_tokens
        from chosen_labels
        union all
        select
            dedupe_key,
            cost_usd,
            'counts' as evidence_tier,
            -- a suspicion: nothing of it is sure
            false as is_no_guard,
            cast(null as bigint) as labels,
            lengths,
            answers,
            top_answers,
            p95_tokens
        from counted_labels
    ),
    -- `in` keeps what is priced again to what is asked for
    smaller as (
        select closed.*, smaller_requests.model as stand_in, smaller_requests.cost_usd as stand_in_usd
        from smaller_requests
        inner join closed on smaller_requests.dedupe_key = closed.dedupe_key
        where smaller_requests.cost_usd < closed.cost_usd
    ),
    dated as (
        select scope.dedupe_key, scope.cost_usd
        from scope
        inner join
            successor_days
            on scope.provider = successor_days.provider
            and scope.model = successor_days.model
            and scope.started_us >= successor_days.from_us
        where
            scope.price_status = 'priced'
            and scope.cost_usd > 0
            and scope.operation <> 'embeddings'
            and scope.dedupe_key not in (select dedupe_key from smaller)
    ),
    newer as (
        select dated.*, successor_requests.model as stand_in, successor_requests.cost_usd as stand_in_usd
        from successor_requests
        inner join dated on successor_requests.dedupe_key = dated.dedupe_key
        where successor_requests.cost_usd < dated.cost_usd
    ),
    mismatches as (
        select
            dedupe_key,
            'closed labels on a dear model' as finding,
            evidence_tier,
            cast(cost_usd as decimal(34, 21)) as cost_usd,
            cast(stand_in_usd as decimal(34, 21)) as stand_in_usd,
            case
                when is_no_guard
                then
                    cast(stand_in_usd as decimal(34, 21)) + cast(
                        cast(cost_usd as decimal(34, 21))
                        * cast($escalation_share as decimal(5, 4)) as decimal(34, 21)
                    )
                else cast(cost_usd as decimal(34, 21))
            end as at_worst_usd,
            case
                evidence_tier
                when 'text'
                then cast(labels as varchar) || ' different answers in '
                when 'fields'
                then 'one of ' || cast(labels as varchar) || ' answers asked for in '
                else cast(lengths as varchar) || ' different counts of output tokens in '
            end
            || cast(answers as varchar)
            || ', p95 '
            || cast(p95_tokens as varchar)
            || ' output tokens, '
            || stand_in as evidence,
            stand_in,
            labels,
            lengths,
            answers,
            top_answers,
            p95_tokens
        from smaller
        union all
        select
            dedupe_key,
            'superseded model' as finding,
            'fields' as evidence_tier,
            cast(cost_usd as decimal(34, 21)) as cost_usd,
            cast(stand_in_usd as decimal(34, 21)) as stand_in_usd,
            cast(
                cast(stand_in_usd as decimal(34, 21))
                * cast($tokenizer_factor as decimal(5, 4)) as decimal(38, 21)
            ) as at_worst_usd,
            'its successor ' || stand_in || ' costs less for the same tokens' as evidence,
            stand_in,
            cast(null as bigint) as labels,
            cast(null as bigint) as lengths,
            cast(null as bigint) as answers,
            cast(null as bigint) as top_answers,
            cast(null as bigint) as p95_tokens
        from newer
    )
select
    dedupe_key,
    finding,
    cast(cost_usd - stand_in_usd as decimal(38, 21)) as saving_usd,
    cast(
        greatest(0, cost_usd - greatest(stand_in_usd, cast(at_worst_usd as decimal(34, 21)))) as decimal(
            38, 21
        )
    ) as saving_low_usd,
    cast(cost_usd - stand_in_usd as decimal(38, 21)) as saving_high_usd,
    'possible' as certainty,
    evidence_tier,
    evidence,
    stand_in,
    cast(stand_in_usd as decimal(38, 21)) as stand_in_usd,
    labels,
    lengths,
    answers,
    top_answers,
    p95_tokens
from mismatches
