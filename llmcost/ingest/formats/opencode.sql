/*
title: opencode messages
answers: Messages of opencode and Kilo, as files of storage/message, rows of the table `message` or an exported session; the input leaves the cache out.
source: sst/opencode packages/opencode/src/session (getUsage, message-v2); ryoppippi/ccusage, which reads the same files
tables: [message]
recognise:
  - {role: assistant, modelID: , providerID: , sessionID: }
  - {role: assistant, modelID: , providerID: , tokens: }
  - {role: [user, assistant], sessionID: , time: {created: }}
  - {id: , session_id: , time_created: , data: {role: }}
  - {id: , session_id: , time_created: , time_updated: , data: }
  - {info: {id: , sessionID: , role: }, parts: }
  - {info: {id: , directory: }, messages: }
  - {type: [text, reasoning, tool, file, step-start, step-finish, snapshot, patch, agent, subtask, retry, compaction], sessionID: , messageID: }
  - {id: , projectID: , directory: , time: {created: }}
macros: [agents]
required: []
columns:
  id: text
  session_id: text
  data: json
  sessionID: text
  role: text
  modelID: text
  providerID: text
  cost: number
  finish: text
  time: &time {created: time, completed: time}
  path: &path {cwd: text}
  error: &error {name: text}
  tokens: &tokens {total: tokens, input: tokens, output: tokens, reasoning: tokens, cache: {read: tokens, write: tokens}}
  info: &message
    id: text
    sessionID: text
    role: text
    modelID: text
    providerID: text
    cost: number
    finish: text
    time: *time
    path: *path
    error: *error
    tokens: *tokens
  messages: [{info: *message}]
parsed:
  row: {from: data, columns: *message}
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    messages as (
        select
            file_id,
            modified_at,
            unnest(
                case
                    when len(messages) > 0
                    then
                        list_transform(
                            messages, lambda m:opencode_message(m.info, cast(null as varchar), info.id)
                        )
                    when "row" is not null
                    then [opencode_message("row", id, session_id)]
                    when info.role is not null
                    then [opencode_message(info, id, sessionid)]
                    else [opencode_message(records, id, sessionid)]
                end
            ) as m
        from records
    ),
    read as (
        select
            *,
            tokens(m.tokens.input) as input,
            tokens(m.tokens.output) as output,
            tokens(m.tokens.cache.read) as cache_read,
            tokens(m.tokens.cache.write) as cache_write,
            tokens(m.tokens.reasoning) as reasoning,
            nullif(tokens(m.tokens.total), 0) as total,
            utc(m.created) as created_at,
            utc(m.completed) as completed_at
        from messages
    ),
    -- Whether the reasoning is in the output depends on the version; the total, where it is, tells.
    counted as (
        select
            *,
            case
                when m.role is distinct from 'assistant' or m.model is null
                then 'not a model call'
                when
                    coalesce(input, 0)
                    + coalesce(output, 0)
                    + coalesce(cache_read, 0)
                    + coalesce(cache_write, 0)
                    = 0
                    and m.failure is null
                then 'no usage in the message'
            end as passed_over,
            coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) > 0 as is_counted,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := 'exclusive'
            ) as used
        from read
    )
select
    passed_over,
    coalesce(min(m.id) over copies, printf('opencode-%x', hash(m))) as request_id,
    min_by(m.session, m.id) over copies as session_id,
    -- a session that was forked has copies of its messages, with ids of their own
    hash(
        'opencode',
        m.model,
        m.provider,
        created_at,
        completed_at,
        input,
        output,
        cache_read,
        cache_write,
        reasoning,
        m.cost
    ) as dedupe_key,
    file_id,
    case when passed_over is null then required(created_at, 'time.created') end as started_at,
    case when passed_over is null then completed_at end as ended_at,
    'opencode' as gateway,
    agent_provider(m.provider) as provider_name,
    m.model as response_model,
    'chat' as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    total as total_tokens_reported,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case
        when m.failure = 'MessageAbortedError'
        then 'cancelled'
        when m.failure is not null
        then 'error'
        else 'ok'
    end as status,
    code_word(m.failure) as error_type,
    code_word(m.finish) as finish_reason,
    m.folder as project_id,
    -- 0 is written where a plan pays, or the price is not known
    nullif(cast(m.cost as decimal(18, 12)), 0) as reported_cost_usd
from counted
window copies as (partition by passed_over, m.model, m.provider, created_at, completed_at, m.tokens, m.cost)
