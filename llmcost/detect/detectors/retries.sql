/*
title: Retry amplification
why: One request of a user became many requests, and all but the last of them were paid for in vain.
advice: Retry in one layer only, with backoff and a cap; mend what makes answers unusable (max_tokens, time limits) instead of asking again.
rank: 1
inputs: [scope, requests, calls, unbilled_statuses]
params:
  max_gap_seconds: 60  # a longer pause after a failure begins a new operation
  overlap_ms: 250  # clocks of two hosts differ; more overlap is parallel work
  immediate_ms: 2000  # a good answer asked for again within this is a retry, too
  min_reask_percent: 10  # of one user's requests of one prompt; fewer are two callers that meet
needs:
  - fields: [prompt_hash, attempt_number, fallback_index, "nullif(logical_request_id, request_id)"]
    says: no prompts (or ingested with --text none), no attempt numbers and no ids that attempts share
  - fields: [http_status_code, error_type, finish_reason, attempt_number]
    says: no status of failures and no attempt numbers
*/
with
    -- of the whole store, which costs no look at prices; one that is alone in the scope is a chain of one
    repeated_prompts as (
        select prompt_hash
        from requests
        where prompt_hash is not null
        group by prompt_hash
        having count(*) > 1
    ),
    -- of a failure without its prompt, or an attempt that says it is one, the others are looked for by
    -- their operation
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
    -- numbers sort faster than names
    senders as (
        select
            key,
            "user",
            end_user,
            row_number() over (order by key nulls last, "user" nulls last, end_user nulls last) as sender
        from (select distinct key, "user", end_user from candidates) as named
    ),
    servers as (
        select provider, model, row_number() over (order by provider nulls last, model nulls last) as server
        from (select distinct provider, model from candidates) as named
    ),
    operations as (
        select
            logical_request_id,
            row_number() over (order by logical_request_id nulls last) as operation,
            case when min(prompt_hash) = max(prompt_hash) then min(prompt_hash) end as prompt_hash
        from candidates
        group by logical_request_id
        having count(*) > 1
    ),
    prompted as (
        select
            candidates.dedupe_key,
            senders.sender,
            servers.server,
            operations.operation,
            -- a failure may be logged without its prompt; in an operation of one prompt it had that one
            coalesce(candidates.prompt_hash, operations.prompt_hash) as content,
            candidates.started_us,
            candidates.ended_us,
            candidates.has_end,
            candidates.is_unusable,
            candidates.attempt_number,
            candidates.fallback_index,
            candidates.output_hash,
            candidates.temperature
        from candidates
        inner join
            senders
            on candidates.key is not distinct from senders.key
            and candidates."user" is not distinct from senders."user"
            and candidates.end_user is not distinct from senders.end_user
        inner join
            servers
            on candidates.provider is not distinct from servers.provider
            and candidates.model is not distinct from servers.model
        left join operations on candidates.logical_request_id = operations.logical_request_id
    ),
    -- first, what one operation is known to have sent: attempts of the gateway, or such as say what they
    -- belong to
    steps as (
        select
            *,
            started_us - lag(ended_us) over attempts as gap_us,
            lag(is_unusable) over attempts as follows_unusable,
            coalesce(attempt_number > lag(attempt_number) over attempts, false)
            or coalesce(fallback_index > lag(fallback_index) over attempts, false) as is_marked
        from prompted
        where operation is not null
        window
            attempts as (
                partition by operation, content order by started_us nulls last, dedupe_key nulls last
            )
    ),
    numbered as (
        select
            *,
            sum(
                case
                    when
                        gap_us >= cast(-1000 as bigint) * $overlap_ms
                        and (
                            is_marked
                            or (follows_unusable and gap_us <= cast(1000000 as bigint) * $max_gap_seconds)
                        )
                    then 0
                    else 1
                end
            ) over (
                partition by operation, content
                order by started_us nulls last, dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as run
        from steps
    ),
    in_runs as (
        select
            *,
            min(dedupe_key) over (partition by operation, content, run) as run_key,
            min(started_us) over (partition by operation, content, run) as run_us,
            row_number() over (
                partition by operation, content, run
                order by started_us desc nulls last, dedupe_key desc nulls last
            ) as from_end
        from numbered
    ),
    runs as (
        select
            min(sender) as sender,
            max(case when from_end = 1 then server end) as server,
            content,
            min(started_us) as started_us,
            max(ended_us) as ended_us,
            max(case when from_end = 1 and has_end then 1 else 0 end) = 1 as has_end,
            max(case when from_end = 1 and is_unusable then 1 else 0 end) = 1 as is_unusable,
            max(case when from_end = 1 then output_hash end) as output_hash,
            max(temperature) as temperature,
            run_key
        from in_runs
        group by content, run_key
        union all
        select
            sender,
            server,
            content,
            started_us,
            ended_us,
            has_end,
            is_unusable,
            output_hash,
            temperature,
            dedupe_key as run_key
        from prompted
        where operation is null
    ),
    -- then, what a client sent again: the same prompt of the same user, one after the other
    run_steps as (
        select
            *,
            started_us - lag(ended_us) over runs_of_prompt as gap_us,
            lag(is_unusable) over runs_of_prompt as follows_unusable,
            not lag(is_unusable) over runs_of_prompt
            and lag(has_end) over runs_of_prompt
            and server = lag(server) over runs_of_prompt
            and coalesce(temperature, 0) = 0
            and coalesce(lag(temperature) over runs_of_prompt, 0) = 0 as follows_same,
            temperature = 0 or output_hash = lag(output_hash) over runs_of_prompt as is_deterministic,
            -- intervals from start to start: this one, that of the good answer before, and of the next one
            -- if this is good
            started_us - lag(started_us) over runs_of_prompt as interval_us,
            case
                when not lag(is_unusable, 2) over runs_of_prompt
                then lag(started_us) over runs_of_prompt - lag(started_us, 2) over runs_of_prompt
            end as interval_before_us,
            case
                when not is_unusable then lead(started_us) over runs_of_prompt - started_us
            end as interval_after_us
        from runs
        where content is not null
        window
            runs_of_prompt as (
                partition by sender, content order by started_us nulls last, run_key nulls last
            )
    ),
    followed as (
        select
            sender,
            content,
            run_key,
            started_us,
            case
                when
                    follows_unusable
                    and gap_us
                    between cast(-1000 as bigint) * $overlap_ms and cast(1000000 as bigint) * $max_gap_seconds
                    -- what keeps its interval after good answers and after bad ones is a clock, not a retry
                    and not coalesce(10 * abs(interval_us - interval_before_us) <= interval_before_us, false)
                    and not coalesce(10 * abs(interval_us - interval_after_us) <= interval_after_us, false)
                then 'after a failure'
                when follows_same and gap_us between 0 and cast(1000 as bigint) * $immediate_ms
                then case when is_deterministic then 'after the same answer' else 'after an answer' end
            end as link
        from run_steps
    ),
    -- a prompt that comes all the time comes twice at once now and then, from two callers
    meetings as (
        select sender, content
        from followed
        group by sender, content
        having
            100 * sum(case when link in ('after the same answer', 'after an answer') then 1 else 0 end)
            < $min_reask_percent * count(*)
    ),
    linked as (
        select
            followed.sender,
            followed.content,
            followed.run_key,
            followed.started_us,
            case
                when meetings.sender is null or followed.link = 'after a failure' then followed.link
            end as link
        from followed
        left join meetings on followed.sender = meetings.sender and followed.content = meetings.content
    ),
    chained as (
        select
            *,
            sum(case when link is null then 1 else 0 end) over so_far as chain,
            lead(link) over runs_of_prompt as next_link
        from linked
        window
            runs_of_prompt as (
                partition by sender, content order by started_us nulls last, run_key nulls last
            ),
            so_far as (
                partition by sender, content
                order by started_us nulls last, run_key nulls last
                rows between unbounded preceding and current row
            )
    ),
    chains as (
        select
            run_key,
            started_us as run_us,
            next_link,
            min(run_key) over (partition by sender, content, chain) as chain_key
        from chained
        where link is not null or next_link is not null
    ),
    members as (
        select
            in_runs.dedupe_key,
            in_runs.run_key,
            in_runs.run_us,
            coalesce(chains.chain_key, in_runs.run_key) as chain_key,
            case when in_runs.from_end > 1 then 'in one operation' else chains.next_link end as next_link
        from in_runs
        left join chains on in_runs.run_key = chains.run_key
        union all
        select chains.run_key as dedupe_key, chains.run_key, chains.run_us, chains.chain_key, chains.next_link
        from chains
        where chains.run_key not in (select run_key from in_runs)
    ),
    attempts as (
        select calls.*, members.run_key, members.run_us, members.chain_key, members.next_link
        from members
        inner join calls on members.dedupe_key = calls.dedupe_key
    ),
    placed as (
        select
            *,
            row_number() over chain as attempt,
            count(*) over (partition by chain_key) as attempts,
            lead(started_us) over chain - ended_us as next_gap_us,
            lead(started_us) over chain - started_us as added_us,
            lead(model) over chain as next_model,
            lead(provider) over chain as next_provider
        from attempts
        window
            -- run by run: the next may begin while the last attempt of this one is under way
            chain as (
                partition by chain_key
                order by run_us nulls last, run_key nulls last, started_us nulls last, dedupe_key nulls last
            )
    ),
    siblings as (
        select chain_key, provider, model, max(input_tokens * input_usd_per_token) as input_usd
        from placed
        where chain_key in (select chain_key from placed where is_unobserved)
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
            end as hop
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
    )
select
    dedupe_key,
    case when is_unusable then hop else 're-ask' end as finding,
    cost_usd as saving_usd,
    case
        when cost_usd > 0 and (is_unbilled or next_link = 'after an answer')
        then cast(0 as decimal(38, 21))
        else cost_usd
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
        when input_tokens is null
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
        then 'answered'
        else coalesce(cast(http_status_code as varchar), error_type, status)
    end as error,
    next_gap_us,
    added_us,
    input_tokens
from redundant
