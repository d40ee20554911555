/*
title: GitHub Copilot CLI sessions
answers: Events of ~/.copilot/session-state and of `copilot --output-format json`, a request for each call, or for each model where only the end of a session counts.
source: events.jsonl of Copilot CLI 1.0 in public repositories and their readers; the cost is in AI credits of $0.01
recognise:
  - {type: [session.start, session.shutdown, session.resume, session.model_change, session.usage_checkpoint, session.info, session.error, session.warning], data: , id: }
  - {type: [assistant.usage, assistant.message, assistant.turn_start, assistant.turn_end, assistant.message_delta, assistant.reasoning, user.message], data: }
  - {type: [tool.execution_start, tool.execution_complete, hook.start, hook.end, subagent.started, subagent.completed, system.message, abort], data: }
  - {type: session.shutdown, timestamp: , data: }
macros: [agents]
required: []
columns:
  type: text
  id: text
  timestamp: time
  data:
    sessionId: text
    copilotVersion: text
    selectedModel: text
    context: {cwd: text, branch: text}
    messageId: text
    model: text
    outputTokens: tokens
    inputTokens: tokens
    cacheReadTokens: tokens
    cacheWriteTokens: tokens
    reasoningTokens: tokens
    duration: number
    apiCallId: text
    copilotUsage: {totalNanoAiu: number}
    shutdownType: text
    modelMetrics: map
passes_over:
  - not a model call
  - counted by the calls themselves
  - counted at the end of the session
has_ids: false
*/
with
    events as (select *, row_number() over () as place, utc("timestamp") as logged_at from records),
    -- A session that was resumed ends several times; each end has what was used since the one before.
    placed as (
        select
            *,
            max(data.sessionid) over file as session_id,
            max(data.copilotversion) over file as version,
            max(data.context.cwd) over file as folder,
            max(data.context.branch) over file as branch,
            bool_or("type" = 'assistant.usage') over file as has_calls,
            coalesce(
                max(case when cardinality(data.modelmetrics) > 0 then place end) over file, 0
            ) as last_end,
            last_value(coalesce(data.model, data.selectedmodel) ignore nulls) over (
                partition by file_id order by place rows between unbounded preceding and current row
            ) as model_then
        from events
        window file as (partition by file_id)
    ),
    sorted_events as (
        select
            *,
            case
                when "type" = 'assistant.usage'
                then null
                when "type" = 'session.shutdown' and cardinality(data.modelmetrics) > 0
                then case when has_calls then 'counted by the calls themselves' end
                when "type" = 'assistant.message' and has_calls
                then 'counted by the calls themselves'
                when "type" = 'assistant.message' and place < last_end
                then 'counted at the end of the session'
                when "type" = 'assistant.message'
                then null
                else 'not a model call'
            end as passed_over
        from placed
    ),
    parts as (
        select
            *,
            unnest(
                case
                    when passed_over is null and "type" = 'session.shutdown'
                    then
                        list_transform(
                            map_entries(data.modelmetrics),
                            lambda entry:struct_pack(
                                model := entry.key,
                                reported := from_json(
                                    entry.value,
                                    '{"usage":{"inputTokens":"VARCHAR","outputTokens":"VARCHAR","cacheReadTokens":"VARCHAR",
                                       "cacheWriteTokens":"VARCHAR","reasoningTokens":"VARCHAR"},"totalNanoAiu":"DOUBLE"}'
                                )
                            )
                        )
                    else
                        [
                            {
                                model:coalesce(data.model, model_then),
                                reported: {
                                    "usage": {
                                        inputtokens:data.inputtokens,
                                        outputtokens:data.outputtokens,
                                        cachereadtokens:data.cachereadtokens,
                                        cachewritetokens:data.cachewritetokens,
                                        reasoningtokens:data.reasoningtokens
                                    },
                                    totalnanoaiu:data.copilotusage.totalnanoaiu
                                }
                            }
                        ]
                end
            ) as part
        from sorted_events
    ),
    read as (
        select
            *,
            tokens(part.reported.usage.inputtokens) as input,
            tokens(part.reported.usage.outputtokens) as output,
            tokens(part.reported.usage.cachereadtokens) as cache_read,
            tokens(part.reported.usage.cachewritetokens) as cache_write,
            tokens(part.reported.usage.reasoningtokens) as reasoning
        from parts
    ),
    counted as (
        select
            *,
            "type" = 'session.shutdown' as is_end,
            resolve_usage(
                input, output, cache_read := cache_read, cache_write := cache_write, reasoning := reasoning
            ) as used
        from read
    )
select
    passed_over,
    coalesce(data.messageid, id, printf('copilot-%x', hash(logged_at, data)))
    || case when is_end then '#' || part.model else '' end as request_id,
    session_id,
    hash('copilot_cli', coalesce(id, data.messageid), logged_at, part) as dedupe_key,
    file_id,
    coalesce(
        after_ms(logged_at, - case when not is_end then data.duration end), logged_at, modified_at
    ) as started_at,
    logged_at is null as is_file_time,
    case when data.duration is not null then logged_at end as ended_at,
    'copilot' as gateway,
    version as emitter_version,
    part.model as response_model,
    'chat' as operation_name,
    used.input_tokens as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    used.output_tokens as output_tokens,
    reasoning as reasoning_output_tokens,
    -- a session that did not end has only the output of its messages
    case when used.input_tokens > 0 then 'provider' else 'missing' end as usage_source,
    case when is_end then 'run' else used.basis end as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    'ok' as status,
    folder as project_id,
    case when branch <> '' then [branch] end as tags,
    cast(part.reported.totalnanoaiu / 1e11 as decimal(18, 12)) as reported_cost_usd
from counted
