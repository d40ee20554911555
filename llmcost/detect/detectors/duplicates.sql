/*
title: Duplicates
why: The same deterministic question was answered again, with the same answer, and paid for again.
advice: Answer repeated questions from a response cache in the gateway.
params:
  max_age_seconds: 86400  # an answer that is older is asked for again
  safe_age_seconds: 3600  # what any cache keeps; the low end of the range
needs:
  - fields: [prompt_hash]
    says: no prompts (or ingested with --text none)
  - fields: [output_hash]
    says: no answers (or ingested with --text none)
*/
with
    repeated as (
        select key, model, prompt_hash
        from scope
        where prompt_hash is not null and status = 'ok'
        group by key, model, prompt_hash
        having count(*) > 1
    ),
    answers as (
        select
            scope.dedupe_key,
            scope.started_us,
            scope.cost_usd,
            scope.output_hash,
            scope.started_us - lag(scope.started_us) over (
                partition by scope.key, scope.model, scope.prompt_hash
                order by scope.started_us nulls last, scope.dedupe_key nulls last
            ) as age_us,
            lag(coalesce(scope.ended_us, scope.started_us)) over (
                partition by scope.key, scope.model, scope.prompt_hash
                order by scope.started_us nulls last, scope.dedupe_key nulls last
            ) as ready_us,
            lag(scope.output_hash) over (
                partition by scope.key, scope.model, scope.prompt_hash
                order by scope.started_us nulls last, scope.dedupe_key nulls last
            ) as answered_before
        from scope
        inner join
            repeated
            on scope.key is not distinct from repeated.key
            and scope.model = repeated.model
            and scope.prompt_hash = repeated.prompt_hash
        where
            scope.status = 'ok'
            -- sampling on purpose gives the same answer only by chance
            and coalesce(scope.temperature, 0) = 0
            and coalesce(scope.finish_reason, 'stop') not in ('tool_calls', 'tool_use', 'function_call')
    )
select
    dedupe_key,
    'answer that a response cache would have had' as finding,
    cost_usd as saving_usd,
    case
        when age_us <= $safe_age_seconds * 1000000 then cost_usd else cast(0 as decimal(38, 21))
    end as saving_low_usd,
    cost_usd as saving_high_usd,
    'likely' as certainty,
    'same question and answer '
    || cast(
        cast(age_us as bigint)  -- 1000000 as varchar) || ' s before' as evidence
        from answers
        where
            age_us <= $max_age_seconds * 1000000
            and ready_us <= started_us
            and output_hash = answered_before
            and cost_usd > 0
