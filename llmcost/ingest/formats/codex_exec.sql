/*
title: Codex exec events, older
answers: What `codex exec --json` printed before version 0.44, and its MCP server, one row a call to the model; the model is the one that a session names.
source: openai/codex codex-rs/core/src/protocol.rs of 2025; lines in public issues and tests
recognise:
  - {id: , msg: {type: [token_count, task_started, task_complete, agent_message, agent_reasoning, session_configured, exec_command_begin, exec_command_end, turn_diff, error]}}
  - {id: , msg: {type: , call_id: }}
  - {method: codex/event, params: {msg: {type: }}}
  - {model: , provider: , sandbox: , workdir: }
macros: [codex]
required: []
columns:
  model: text
  provider: text
  workdir: text
  timestamp: time
  msg: &event
    type: text
    session_id: text
    model: text
    input_tokens: tokens
    cached_input_tokens: tokens
    cache_write_input_tokens: tokens
    output_tokens: tokens
    reasoning_output_tokens: tokens
    total_tokens: tokens
    info:
      model: text
      total_token_usage: &usage
        input_tokens: tokens
        cached_input_tokens: tokens
        cache_write_input_tokens: tokens
        output_tokens: tokens
        reasoning_output_tokens: tokens
        total_tokens: tokens
      last_token_usage: *usage
  params: {msg: *event}
passes_over: [not a model call, no usage in the event, the same count again]
has_ids: false
*/
with
    events as (
        select
            * exclude (msg, params),
            coalesce(params.msg, msg) as event,
            row_number() over () as place,
            utc("timestamp") as logged_at
        from records
    ),
    -- The first lines of a run say of which model and session the others are.
    placed as (
        select
            *,
            codex_counts(event.info.total_token_usage) as totals,
            coalesce(codex_counts(event.info.last_token_usage), codex_counts(event)) as last,
            last_value(coalesce(event.model, model) ignore nulls) over before as run_model,
            last_value(event.session_id ignore nulls) over before as session_id,
            last_value(provider ignore nulls) over before as run_provider,
            last_value(workdir ignore nulls) over before as folder
        from events
        window
            before as (partition by file_id order by place rows between unbounded preceding and current row)
    ),
    differences as (
        select
            *,
            lag(totals ignore nulls) over (partition by file_id, session_id order by place) as totals_before
        from placed
    ),
    counts as (
        select
            *,
            coalesce(last, codex_difference(totals, totals_before)) as used,
            case
                when event.type is distinct from 'token_count'
                then 'not a model call'
                when totals is null and last is null
                then 'no usage in the event'
                when totals = totals_before
                then 'the same count again'
            end as passed_over
        from differences
    ),
    counted as (
        select
            *,
            hash('codex_exec', coalesce(session_id, printf('%x', content_key)), place, used) as key,
            resolve_usage(
                used.input,
                used.output,
                cache_read := used.cache_read,
                cache_write := used.cache_write,
                reasoning := used.reasoning
            ) as found
        from counts
    )
select
    passed_over,
    concat(coalesce(session_id, printf('codex-exec-%x', content_key)), '#', place) as request_id,
    session_id,
    key as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'codex' as gateway,
    run_provider as provider_name,
    coalesce(event.info.model, run_model) as response_model,
    'chat' as operation_name,
    found.input_tokens as input_tokens,
    used.cache_read as cache_read_input_tokens,
    used.cache_write as cache_write_input_tokens,
    found.output_tokens as output_tokens,
    used.reasoning as reasoning_output_tokens,
    used.total as total_tokens_reported,
    'provider' as usage_source,
    found.basis as usage_basis,
    found.evidence as usage_evidence,
    false as is_batch,
    'ok' as status,
    folder as project_id
from counted
