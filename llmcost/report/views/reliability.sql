/*
title: Reliability
answers: How often was a failed request sent again, where did it go, did that help, and how long did it take?
by: []
measure: steps
labels: [step, from_provider, from_model, to_provider, to_model]
sums: [steps, recovered, failed_cost_usd]
hide_when_narrow: [added_p95_ms, failed_cost_usd, from_provider, to_provider, requests, recovered, step_share]
not_by: [tag]
params:
  max_gap_seconds: 600
notes: |
  A step goes from a failed attempt to the next attempt of the same
  `logical_request_id` and operation, in order of start, at most 600 seconds later, and of the same prompt where both are known. Both
  must be asked for: under `--where model=...` an attempt at another model is not seen.

  - `step`: `failover` where provider, model or deployment change, else `retry`; `from_provider`, `from_model`, `to_provider`, `to_model`
  - `steps`; `requests`: all of the group; `step_share`: one over the other
  - `recovered`, `recovered_share`: the next attempt did not fail
  - `added_p50_ms`, `added_p95_ms`: from the start of the failed one to the start of the next
  - `failed_cost_usd`: what the failed ones cost

  Groups are those of the failed attempt. `--by tag` is refused.
*/
-- A step goes from a failed attempt to the next attempt of the same call: the same logical
-- request, operation and, where both are known, prompt, begun soon enough. It is a failover where
-- provider, model or deployment change.
with
    touched as (
        select distinct logical_request_id
        from scope
        where error_kind is not null or fallback_index > 0 or attempt_number > 1
    ),
    attempts as (
        select scope.* from scope inner join touched on scope.logical_request_id = touched.logical_request_id
    ),
    pairs as (
        select
            lag(group_1) over call as group_1,
            lag(group_2) over call as group_2,
            lag(group_3) over call as group_3,
            lag(group_4) over call as group_4,
            lag(provider) over call as from_provider,
            lag(model) over call as from_model,
            lag(deployment) over call as from_deployment,
            lag(error_kind) over call as from_error,
            lag(prompt_hash) over call as from_prompt,
            lag(started_us) over call as from_us,
            lag(cost_usd) over call as from_cost_usd,
            provider,
            model,
            deployment,
            error_kind,
            prompt_hash,
            started_us
        from attempts
        window
            call as (
                partition by logical_request_id, operation
                order by started_us, attempt_number nulls last, fallback_index nulls last, dedupe_key
            )
    ),
    steps as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            case
                when
                    provider is distinct from from_provider
                    or model is distinct from from_model
                    or deployment is distinct from from_deployment
                then 'failover'
                else 'retry'
            end as step,
            from_provider,
            from_model,
            provider as to_provider,
            model as to_model,
            case when error_kind is null then 1 end as recovered,
            started_us - from_us as added_us,
            from_cost_usd
        from pairs
        where
            from_error is not null
            and started_us - from_us <= $max_gap_seconds * 1000000
            and (prompt_hash = from_prompt or prompt_hash is null or from_prompt is null)
    ),
    summed as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            step,
            from_provider,
            from_model,
            to_provider,
            to_model,
            count(*) as steps,
            count(recovered) as recovered,
            percentile_disc(0.5) within group (order by added_us) as added_p50_us,
            percentile_disc(0.95) within group (order by added_us) as added_p95_us,
            sum(from_cost_usd) as failed_cost_usd
        from steps
        group by
            grouping sets (
                (group_1, group_2, group_3, group_4, step, from_provider, from_model, to_provider, to_model),
                ()
            )
    ),
    counts as (
        select grouping(group_1) as is_total, group_1, group_2, group_3, group_4, count(*) as requests
        from scope
        group by grouping sets ((group_1, group_2, group_3, group_4), ())
    )
select
    summed.is_total,
    summed.group_1,
    summed.group_2,
    summed.group_3,
    summed.group_4,
    summed.step,
    summed.from_provider,
    summed.from_model,
    summed.to_provider,
    summed.to_model,
    summed.steps,
    counts.requests,
    cast(summed.steps as double) / cast(nullif(counts.requests, 0) as double) as step_share,
    summed.recovered,
    cast(summed.recovered as double) / cast(nullif(summed.steps, 0) as double) as recovered_share,
    cast(summed.added_p50_us as double) / cast(1000 as double) as added_p50_ms,
    cast(summed.added_p95_us as double) / cast(1000 as double) as added_p95_ms,
    summed.failed_cost_usd
from summed
inner join
    counts
    on summed.is_total = counts.is_total
    and summed.group_1 is not distinct from counts.group_1
    and summed.group_2 is not distinct from counts.group_2
    and summed.group_3 is not distinct from counts.group_3
    and summed.group_4 is not distinct from counts.group_4
order by
    steps desc,
    summed.group_1 nulls last,
    summed.group_2 nulls last,
    summed.group_3 nulls last,
    summed.group_4 nulls last,
    step nulls last,
    from_provider nulls last,
    from_model nulls last,
    to_provider nulls last,
    to_model nulls last
