/*
title: Retry amplification
why: One request of a user became many requests, and all but the last of them were paid for in vain.
advice: Retry in one layer only, with backoff and a cap; fix what makes answers unusable (max_tokens, time limits) instead of asking again.
rank: 1
inputs: [single_requests, requests, calls, unbilled_statuses]
params:
  max_gap_seconds: 60  # a longer pause after a failure begins a new operation
  overlap_ms: 250  # clocks of two hosts differ; more overlap is parallel work
  immediate_ms: 2000  # a good answer asked for again within this is a retry, too
  min_reask_percent: 10  # of one user's requests of one prompt; fewer are two callers that meet
  max_chance_percent: 5  # without prompts: equal tokens that come by chance more often say nothing
tiers:  # of evidence: what a request must have for each
  text: {fields: [prompt_hash]}
  fields: {fields: [attempt_number, fallback_index, "nullif(logical_request_id, request_id)"]}
  counts: {fields: [input_tokens]}
needs:
  - fields: [prompt_hash, attempt_number, fallback_index, "nullif(logical_request_id, request_id)", input_tokens]
    says: no prompts (or ingested with --text none), no attempt numbers, no ids that attempts share and no tokens
  - fields: [http_status_code, error_type, finish_reason, attempt_number]
    says: no status of failures and no attempt numbers
steps:
  - retry_candidates  # requests that may be attempts of one operation
  - retry_senders
  - retry_servers
  - retry_requests  # the same, by number
  - retry_attempts  # attempts of one operation, run by run
  - retry_runs
  - retry_lines  # runs of one prompt, or of the same tokens
  - retry_links  # runs that a client may have sent one after the other
  - retry_peers  # for those by counts: all of the same key and model,
  - retry_rates  # how often they have these tokens,
  - retry_chances  # and how often chance makes the link
  - retry_chains
  - retry_members  # and the requests of each
*/
with
    attempts as (
        select
            calls.*,
            members.run_key,
            members.run_us,
            members.chain_key,
            members.next_link,
            members.is_counted,
            members.chance
        from retry_members as members
        inner join calls on members.dedupe_key = calls.dedupe_key
    ),
    placed as (
        select
            *,
            row_number() over chain as attempt,
            count(*) over (partition by is_counted, chain_key) as attempts,
            lead(started_us) over chain - ended_us as next_gap_us,
            lead(started_us) over chain - started_us as added_us,
            lead(model) over chain as next_model,
            lead(provider) over chain as next_provider
        from attempts
        window
            -- run by run: the next may begin while the last attempt of this one is under way
            chain as (
                partition by is_counted, chain_key
                order by run_us nulls last, run_key nulls last, started_us nulls last, dedupe_key nulls last
            )
    ),
    siblings as (
        select chain_key, provider, model, max(input_tokens * input_usd_per_token) as input_usd
        from placed
        where not is_counted and chain_key in (select chain_key from placed where is_unobserved)
        group by chain_key, provider, model
    ),
    redundant as (
        select
            placed.*,
            siblings.input_usd as sibling_usd,
            unbilled_statuses.provider is not null and placed.cost_usd is distinct from 0 as is_unbilled,
            case
                when placed.model is distinct from placed.next_model
                then 'fallback'
                when placed.provider is distinct from placed.next_provider
                then 'failover'
                else 'retry'
            end as hop,
            -- what counts tell of a request is said where nothing surer is
            row_number() over (partition by placed.dedupe_key order by placed.is_counted nulls last) as choice
        from placed
        left join
            siblings
            on placed.is_unobserved
            and placed.chain_key = siblings.chain_key
            and placed.provider is not distinct from siblings.provider
            and placed.model is not distinct from siblings.model
        left join
            unbilled_statuses
            on placed.provider = unbilled_statuses.provider
            and placed.http_status_code = unbilled_statuses.http_status_code
            and placed.started_us >= unbilled_statuses.valid_from_us
            and placed.started_us < unbilled_statuses.valid_to_us
        where placed.attempt < placed.attempts
    ),
    said as (
        select
            *,
            case
                when is_counted
                -- the chance in ten-thousandths, rounded up
                then share_of((10000 - (chance + 99 - (chance + 99) % 100) / 100) / 10000, cost_usd)
                else cost_usd
            end as estimate_usd,
            greatest(next_gap_us, 0) as pause_us
        from redundant
        where choice = 1
    )
select
    dedupe_key,
    case when is_unusable then hop else 're-ask' end as finding,
    estimate_usd as saving_usd,
    case
        when cost_usd > 0 and (is_counted or is_unbilled or next_link = 'after an answer')
        then cast(0 as decimal(38, 21))
        else cost_usd
    end as saving_low_usd,
    cost_usd as saving_high_usd,
    case
        when is_counted or is_unbilled or next_link = 'after an answer'
        then 'possible'
        when next_link = 'after the same answer'
        then 'likely'
        else 'proven'
    end as certainty,
    case
        when is_counted then 'counts' when next_link = 'in one operation' then 'fields' else 'text'
    end as evidence_tier,
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
        when input_tokens is null
        then ', no usage logged'
        else ''
    end
    || case
        when is_counted
        then
            '; the same '
            || cast(input_tokens as varchar)
            || ' input tokens again '
            || case
                when pause_us < 100000
                then 'at once'
                else
                    'after '
                    || cast(cast((pause_us - pause_us % 1000000) / 1000000 as bigint) as varchar)
                    || '.'
                    || cast(cast((pause_us % 1000000 - pause_us % 100000) / 100000 as bigint) as varchar)
                    || ' s'
            end
            || ', by chance 1 in '
            || cast(cast((1000000 - 1000000 % chance) / chance as bigint) as varchar)
        else ''
    end as evidence,
    cast(case when is_unbilled then estimate_usd else 0 end as decimal(38, 21)) as unbilled_status_usd,
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
        then 'answered'
        else coalesce(cast(http_status_code as varchar), error_type, status)
    end as error,
    next_gap_us,
    added_us,
    input_tokens,
    chance
from said
