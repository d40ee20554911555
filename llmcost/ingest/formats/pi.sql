/*
title: pi sessions
answers: Session files of pi (and of OpenClaw, which is built on it) and the events of `pi --mode json`; the input leaves the cache out.
source: badlogic/pi-mono packages/ai/src/types.ts and session-manager.ts; ryoppippi/ccusage, which reads the same files
recognise:
  - {type: message, message: {role: assistant, usage: {input: }}}
  - {type: message, id: , parentId: , timestamp: , message: {role: }}
  - {type: [message_start, message_update, message_end, turn_end], message: {role: }}
  - {type: session, id: , cwd: }
  - {type: [model_change, thinking_level_change, compaction, branch_summary, custom_message, session_info], id: , timestamp: }
  - {type: custom, customType: }
  - {type: usage, id: , timestamp: , usage: {cacheRead: }}
  - {type: [agent_start, agent_end, agent_settled, turn_start, tool_execution_start, tool_execution_update, tool_execution_end]}
macros: [agents]
required: []
columns:
  type: text
  id: text
  timestamp: text
  cwd: text
  provider: text
  model: json
  usage: &usage {input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens, totalTokens: tokens, reasoning: tokens, cost: {total: number}}
  message: json
parsed:
  said:
    from: message
    columns:
      role: text
      provider: text
      model: text
      responseModel: text
      responseId: text
      stopReason: text
      timestamp: text
      usage: *usage
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    lines as (
        select
            * exclude (message, usage),
            coalesce(said.usage, usage) as used,
            coalesce(utc(said."timestamp"), utc("timestamp")) as logged_at,
            coalesce("type", 'message') in ('message', 'message_end')
            and said.role in ('assistant', 'toolResult') as is_message,
            max(case when "type" = 'session' then id end) over (partition by file_id) as session_id,
            max(case when "type" = 'session' then cwd end) over (partition by file_id) as folder
        from records
    ),
    read as (
        select
            *,
            tokens(used.input) as input,
            tokens(used.output) as output,
            tokens(used.cacheread) as cache_read,
            tokens(used.cachewrite) as cache_write,
            tokens(used.reasoning) as reasoning,
            nullif(tokens(used.totaltokens), 0) as total
        from lines
    ),
    counted as (
        select
            *,
            coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) > 0 as is_counted,
            coalesce(said.stopreason in ('error', 'aborted'), false) as has_failed,
            case
                when
                    not coalesce(is_message, false)
                    and coalesce("type", '') not in ('usage', 'branch_summary', 'compaction')
                then 'not a model call'
                when not is_counted and not (has_failed and said.role = 'assistant')
                then
                    case
                        when used is null and said.role is distinct from 'assistant'
                        then 'not a model call'
                        else 'no usage in the message'
                    end
            end as passed_over,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := 'exclusive'
            ) as found
        from read
    )
select
    passed_over,
    coalesce(said.responseid, id, printf('pi-%x', hash(logged_at, said))) as request_id,
    said.responseid as response_id,
    session_id,
    -- a branch has copies of the messages that it goes on from; the events have no ids
    hash('pi', logged_at, coalesce(said.model, model), used) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'pi' as gateway,
    agent_provider(coalesce(said.provider, provider)) as provider_name,
    coalesce(said.model, model) as request_model,
    said.responsemodel as response_model,
    'chat' as operation_name,
    case when is_counted then found.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when is_counted then found.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    total as total_tokens_reported,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    found.basis as usage_basis,
    found.evidence as usage_evidence,
    false as is_batch,
    case said.stopreason when 'error' then 'error' when 'aborted' then 'cancelled' else 'ok' end as status,
    code_word(said.stopreason) as finish_reason,
    folder as project_id,
    nullif(cast(used.cost.total as decimal(18, 12)), 0) as reported_cost_usd
from counted
