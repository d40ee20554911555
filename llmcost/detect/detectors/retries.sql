/*
title: Retry amplification
why: One request of a user became many requests, and all but the last of them were paid for in vain.
advice: Retry in one layer only, with backoff and a cap; mend what makes answers unusable (max_tokens, time limits) instead of asking again.
rank: 1
params:
  max_gap_seconds: 60  # a longer pause after a failure begins a new operation
  overlap_ms: 250  # clocks of two hosts differ; more overlap is parallel work
  immediate_ms: 2000  # a good answer asked for again within this is a retry, too
needs:
  - fields: [prompt_hash, attempt_number, fallback_index]
    says: no prompts (or ingested with --text none) and no attempt numbers
  - fields: [http_status_code, error_type, finish_reason, attempt_number]
    says: no status of failures and no attempt numbers
*/
with
    repeated_prompts as (
        select prompt_hash from scope where prompt_hash is not null group by prompt_hash having count(*) > 1
    ),
    marked_operations as (
        select distinct logical_request_id
        from scope
        where attempt_number > 1 or fallback_index > 0 or (prompt_hash is null and status <> 'ok')
    ),
    candidates as (
        select *
        from calls
        where
            prompt_hash in (select prompt_hash from repeated_prompts)
            or logical_request_id in (select logical_request_id from marked_operations)
    ),
    -- a failure may be logged without its prompt; in an operation of one prompt it had that one
    prompted as (
        select
            * exclude (prompt_hash),
            coalesce(
                prompt_hash,
                case
                    when
                        min(prompt_hash) over (partition by logical_request_id)
                        = max(prompt_hash) over (partition by logical_request_id)
                    then min(prompt_hash) over (partition by logical_request_id)
                end
            ) as content
        from candidates
    ),
    -- first, attempts that the gateway itself made, or that say of which operation they are
    steps as (
        select
            *,
            started_us - lag(ended_us) over attempts as gap_us,
            lag(is_unusable) over attempts as follows_unusable,
            coalesce(attempt_number > lag(attempt_number) over attempts, false)
            or coalesce(fallback_index > lag(fallback_index) over attempts, false) as is_marked
        from prompted
        window
            attempts as (
                partition by logical_request_id, content order by started_us nulls last, dedupe_key nulls last
            )
    ),
    split as (
        select
            *,
            case
                when
                    gap_us >= -1000 * $overlap_ms
                    and (is_marked or (follows_unusable and gap_us <= 1000000 * $max_gap_seconds))
                then 0
                else 1
            end as opens
        from steps
    ),
    numbered as (
        select
            *,
            sum(opens) over (
                partition by logical_request_id, content
                order by started_us nulls last, dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as run
        from split
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by logical_request_id, content, run
                order by started_us desc nulls last, dedupe_key desc nulls last
            ) as from_end
        from numbered
    ),
    runs as (
        select
            logical_request_id,
            content,
            run,
            min(key) as key,
            min("user") as "user",
            min(end_user) as end_user,
            min(started_us) as started_us,
            max(ended_us) as ended_us,
            min(dedupe_key) as run_key,
            count(*) as calls,
            max(case when from_end = 1 and is_unusable then 1 else 0 end) = 1 as is_unusable,
            max(case when from_end = 1 and has_end then 1 else 0 end) = 1 as has_end,
            max(case when from_end = 1 then provider end) as provider,
            max(case when from_end = 1 then model end) as model,
            max(case when from_end = 1 then output_hash end) as output_hash,
            max(temperature) as temperature
        from ranked
        group by logical_request_id, content, run
    ),
    -- then, runs that a client began again: the same prompt of the same user, one after the other
    run_steps as (
        select
            *,
            started_us - lag(ended_us) over runs_of_prompt as gap_us,
            started_us - lag(started_us) over runs_of_prompt as interval_us,
            lag(is_unusable) over runs_of_prompt as follows_unusable,
            not lag(is_unusable) over runs_of_prompt
            and lag(has_end) over runs_of_prompt
            and provider is not distinct from lag(provider) over runs_of_prompt
            and model is not distinct from lag(model) over runs_of_prompt
            and coalesce(temperature, 0) = 0
            and coalesce(lag(temperature) over runs_of_prompt, 0) = 0 as follows_same,
            temperature = 0 or output_hash = lag(output_hash) over runs_of_prompt as is_deterministic
        from runs
        where content is not null
        window
            runs_of_prompt as (
                partition by key, "user", end_user, content order by started_us nulls last, run_key nulls last
            )
    ),
    -- what comes at the same interval after good answers as after bad ones is a clock, not a retry
    timed as (
        select
            *,
            last_value(case when not follows_unusable then interval_us end ignore nulls) over (
                partition by key, "user", end_user, content
                order by started_us nulls last, run_key nulls last
                rows between unbounded preceding and 1 preceding
            ) as interval_before_us,
            case
                when not is_unusable
                then
                    lead(interval_us) over (
                        partition by key, "user", end_user, content
                        order by started_us nulls last, run_key nulls last
                    )
            end as interval_after_us
        from run_steps
    ),
    linked as (
        select
            *,
            case
                when
                    follows_unusable
                    and gap_us between -1000 * $overlap_ms and 1000000 * $max_gap_seconds
                    and not coalesce(10 * abs(interval_us - interval_before_us) <= interval_before_us, false)
                    and not coalesce(10 * abs(interval_us - interval_after_us) <= interval_after_us, false)
                then 'after a failure'
                when follows_same and gap_us between 0 and 1000 * $immediate_ms
                then case when is_deterministic then 'after the same answer' else 'after an answer' end
            end as link
        from timed
    ),
    chained as (
        select
            *,
            sum(case when link is null then 1 else 0 end) over (
                partition by key, "user", end_user, content
                order by started_us nulls last, run_key nulls last
                rows between unbounded preceding and current row
            ) as chain
        from linked
    ),
    heads as (
        select
            *,
            min(run_key) over (partition by key, "user", end_user, content, chain) as chain_key,
            lead(link) over (
                partition by key, "user", end_user, content, chain
                order by started_us nulls last, run_key nulls last
            ) as next_link
        from chained
    ),
    attempts as (
        select
            ranked.*,
            coalesce(heads.chain_key, runs.run_key) as chain_key,
            case when ranked.from_end > 1 then 'in one operation' else heads.next_link end as next_link
        from ranked
        inner join
            runs
            on ranked.logical_request_id = runs.logical_request_id
            and ranked.content is not distinct from runs.content
            and ranked.run = runs.run
        left join
            heads
            on ranked.logical_request_id = heads.logical_request_id
            and ranked.content = heads.content
            and ranked.run = heads.run
    ),
    placed as (
        select
            *,
            row_number() over chain as attempt,
            count(*) over (partition by chain_key) as attempts,
            lead(started_us) over chain - ended_us as next_gap_us,
            lead(started_us) over chain - started_us as added_us,
            lead(model) over chain as next_model,
            lead(provider) over chain as next_provider,
            max(input_tokens * input_usd_per_token) over (
                partition by chain_key, provider, model
            ) as sibling_usd
        from attempts
        window chain as (partition by chain_key order by started_us nulls last, dedupe_key nulls last)
    ),
    redundant as (
        select
            placed.*,
            unbilled_statuses.provider is not null and placed.cost_usd > 0 as is_unbilled,
            case
                when placed.model is distinct from placed.next_model
                then 'fallback'
                when placed.provider is distinct from placed.next_provider
                then 'failover'
                else 'retry'
            end as hop
        from placed
        left join
            unbilled_statuses
            on placed.provider = unbilled_statuses.provider
            and placed.http_status_code = unbilled_statuses.http_status_code
            and placed.started_us >= unbilled_statuses.valid_from_us
            and placed.started_us < unbilled_statuses.valid_to_us
        where placed.attempt < placed.attempts
    )
select
    dedupe_key,
    case when is_unusable then hop else 're-ask' end as finding,
    cost_usd as saving_usd,
    case
        when is_unbilled or next_link = 'after an answer' then cast(0 as decimal(38, 21)) else cost_usd
    end as saving_low_usd,
    cost_usd as saving_high_usd,
    case
        when is_unbilled or next_link = 'after an answer'
        then 'possible'
        when next_link = 'after the same answer'
        then 'likely'
        else 'proven'
    end as certainty,
    'attempt '
    || cast(attempt as varchar)
    || ' of '
    || cast(attempts as varchar)
    || ', '
    || case
        when status = 'ok' and is_unusable
        then 'answer unusable (' || finish_reason || ')'
        when status = 'ok'
        then 'asked again at once after an answer'
        else coalesce(cast(http_status_code as varchar), error_type, status)
    end
    || case
        when is_unbilled
        then ', not billed by rule'
        when price_status = 'no usage'
        then ', no usage logged'
        else ''
    end as evidence,
    cast(case when is_unbilled then cost_usd else 0 end as decimal(38, 21)) as unbilled_status_usd,
    cast(case when is_unobserved then sibling_usd else 0 end as decimal(38, 21)) as unobserved_usd,
    chain_key,
    attempt,
    attempts,
    hop,
    case when next_link = 'in one operation' then 'gateway' else 'client' end as layer,
    case
        when status = 'ok' and is_unusable
        then finish_reason
        when status = 'ok'
        then 'none'
        else coalesce(cast(http_status_code as varchar), error_type, status)
    end as error,
    next_gap_us,
    added_us,
    input_tokens
from redundant
