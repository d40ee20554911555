/*
title: Duplicates
why: A question was asked again in the same words, came to the same answer, and was paid for again.
advice: Let the gateway answer repeated deterministic questions from a response cache.
rank: 3
inputs: [single_requests, calls]
params:
  max_age_seconds: 86400  # an answer that is older is asked for again
  safe_age_seconds: 3600  # what any cache keeps; the low end of the range
  unlogged_seconds: 60  # how long an answer is taken to take where its end is not logged
tiers:  # of evidence: what a request must have for each
  text: {fields: [prompt_hash]}
needs:
  - fields: [prompt_hash]
    says: no prompts (or ingested with --text none)
  - fields: [output_hash]
    says: no answers (or ingested with --text none)
*/
with
    repeated_prompts as (
        select distinct prompt_hash
        from
            (
                select prompt_hash
                from single_requests
                where prompt_hash is not null and output_hash is not null and status = 'ok'
                group by prompt_hash, output_hash
                having count(*) > 1
            ) as answered
    ),
    -- a cache keeps apart what was asked for at another temperature; over 0 nobody wants the same answer
    asked as (
        select *, coalesce(temperature, -1) as asked_temperature
        from calls
        where prompt_hash in (select prompt_hash from repeated_prompts) and coalesce(temperature, 0) = 0
    ),
    intervals as (
        select
            *,
            started_us - lag(started_us) over questions as interval_us,
            lag(started_us) over questions - lag(started_us, 2) over questions as interval_before_us,
            lag(started_us, 2) over questions - lag(started_us, 3) over questions as first_interval_us
        from asked
        window
            questions as (
                partition by key, model, prompt_hash, asked_temperature
                order by started_us nulls last, dedupe_key nulls last
            )
    ),
    -- four questions at even intervals are a clock's: whoever polls wants to know how it is now
    clocks as (
        select
            *,
            max(
                case
                    when
                        10 * abs(interval_us - interval_before_us) <= interval_before_us
                        and 10 * abs(interval_before_us - first_interval_us) <= first_interval_us
                    then 1
                    else 0
                end
            ) over (
                partition by key, model, prompt_hash, asked_temperature
                order by started_us nulls last, dedupe_key nulls last
                rows between current row and 3 following
            ) as is_polled
        from intervals
    ),
    answers as (
        select
            *,
            lag(started_us) over answers_before as started_before_us,
            lag(
                case
                    when has_end then ended_us else started_us + cast(1000000 as bigint) * $unlogged_seconds
                end
            ) over answers_before as ready_us,
            lag(output_hash) over answers_before as answered_before
        from clocks
        where
            not is_unusable
            and coalesce(finish_reason, 'stop') not in ('tool_calls', 'tool_use', 'function_call')
        window
            answers_before as (
                partition by key, model, prompt_hash, asked_temperature
                order by started_us nulls last, dedupe_key nulls last
            )
    )
select
    dedupe_key,
    'answered before' as finding,
    cost_usd as saving_usd,
    -- a cache that does not renew what it serves asks again at most once in each such span
    case
        when
            started_us - started_us % (cast(1000000 as bigint) * $safe_age_seconds)
            = started_before_us - started_before_us % (cast(1000000 as bigint) * $safe_age_seconds)
        then cost_usd
        when cost_usd is not null
        then cast(0 as decimal(38, 21))
    end as saving_low_usd,
    cost_usd as saving_high_usd,
    case when temperature = 0 then 'likely' else 'possible' end as certainty,
    'text' as evidence_tier,
    'same question and answer '
    || cast(cast((started_us - ready_us - (started_us - ready_us) % 1000000) / 1000000 as bigint) as varchar)
    || ' s before'
    || case when temperature = 0 then '' else ', temperature not set' end as evidence,
    started_us - ready_us as age_us,
    output_hash
from answers
where
    started_us - ready_us between 0 and cast(1000000 as bigint) * $max_age_seconds
    and output_hash = answered_before
    and is_polled = 0
    and (cost_usd is null or cost_usd > 0)
