/*
title: Qwen Code chats
answers: Session files in ~/.qwen/projects; an answer and the telemetry of its call are one request, and so are the copies in a branched session.
source: QwenLM/qwen-code chatRecordingService.ts; ryoppippi/ccusage, which reads the same files
recognise:
  - {type: [user, assistant, tool_result], sessionId: , timestamp: , message: {parts: }}
  - {type: assistant, sessionId: , timestamp: , usageMetadata: }
  - {type: system, sessionId: , timestamp: , subtype: [ui_telemetry, chat_compression, slash_command, at_command, attribution_snapshot, notification, custom_title, session_model, file_history_snapshot, turn_result, parent_session, session_source, rewind]}
required: []
columns:
  type: text
  subtype: text
  uuid: text
  sessionId: text
  timestamp: time
  cwd: text
  gitBranch: text
  version: text
  model: text
  isSidechain: flag
  usageMetadata:
    promptTokenCount: tokens
    candidatesTokenCount: tokens
    cachedContentTokenCount: tokens
    thoughtsTokenCount: tokens
    toolUsePromptTokenCount: tokens
    totalTokenCount: tokens
  systemPayload: json
parsed:
  payload:
    from: systemPayload
    columns:
      uiEvent:
        event.name: text
        response_id: text
        model: text
        status_code: text
        duration_ms: number
        error_type: text
        input_token_count: tokens
        output_token_count: tokens
        cached_content_token_count: tokens
        thoughts_token_count: tokens
        tool_token_count: tokens
        total_token_count: tokens
passes_over: [not a model call, no usage in the event, "the same call, logged twice"]
has_ids: false
*/
with
    read as (select * exclude (systempayload, payload), payload.uievent as event from records),
    counted as (
        select
            *,
            row_number() over () as place,
            "type" is not distinct from 'assistant' as is_answer,
            coalesce(event."event.name" like '%api_error', false) as has_failed,
            case when is_answer then model else event.model end as model_named,
            tokens(coalesce(usagemetadata.prompttokencount, event.input_token_count)) as input,
            tokens(coalesce(usagemetadata.candidatestokencount, event.output_token_count)) as output,
            tokens(
                coalesce(usagemetadata.cachedcontenttokencount, event.cached_content_token_count)
            ) as cache_read,
            tokens(coalesce(usagemetadata.thoughtstokencount, event.thoughts_token_count)) as thoughts,
            tokens(coalesce(usagemetadata.tooluseprompttokencount, event.tool_token_count)) as tool_use,
            nullif(tokens(coalesce(usagemetadata.totaltokencount, event.total_token_count)), 0) as total
        from read
    ),
    lines as (
        select
            *,
            case
                when
                    not is_answer
                    and coalesce(event."event.name" not like '%api_response', true)
                    and not has_failed
                then 'not a model call'
                when not has_failed and coalesce(input, 0) + coalesce(output, 0) = 0
                then 'no usage in the event'
            end as passed_over
        from counted
    ),
    -- The telemetry of a call does not name its answer: the first with the same counts is meant.
    numbered as (
        select
            *,
            row_number() over (
                partition by
                    file_id, sessionid, passed_over, is_answer, has_failed, model_named, input, output
                order by place
            ) as copy
        from lines
    ),
    answers as (select * from numbered where is_answer and passed_over is null),
    events as (select * from numbered where not is_answer and passed_over is null and not has_failed),
    pairs as (
        select answers.place as answer_place, events.place as event_place, events.event as reported
        from answers
        join events using (file_id, sessionid, model_named, input, output, copy)
    ),
    calls as (
        select
            numbered.* exclude (passed_over),
            coalesce(pairs.reported, numbered.event) as said,
            required(utc("timestamp"), 'timestamp') as logged_at,
            case
                when place in (select event_place from pairs) then 'the same call, logged twice'
            end as passed_over,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                reasoning := thoughts,
                total := total,
                tool_use := tool_use,
                output_basis := 'exclusive'
            ) as found
        from numbered
        left join pairs on numbered.place = pairs.answer_place
        where numbered.passed_over is null
    )
select
    passed_over,
    coalesce(uuid, printf('qwen-code-%x', hash(sessionid, "timestamp", input, output))) as request_id,
    said.response_id as response_id,
    sessionid as session_id,
    -- a branched session has copies of the lines, with their ids
    hash(
        'qwen_code', coalesce(uuid, concat(sessionid, "timestamp")), case when uuid is null then input end
    ) as dedupe_key,
    file_id,
    coalesce(after_ms(logged_at, - said.duration_ms), logged_at) as started_at,
    case when said.duration_ms is not null then logged_at end as ended_at,
    'qwen_code' as gateway,
    version as emitter_version,
    model_named as response_model,
    'chat' as operation_name,
    case when found.input_tokens > 0 then found.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    case when found.input_tokens > 0 then found.output_tokens end as output_tokens,
    thoughts as reasoning_output_tokens,
    total as total_tokens_reported,
    case when found.input_tokens > 0 then 'provider' else 'missing' end as usage_source,
    coalesce(found.basis, 'inclusive') as usage_basis,
    found.evidence as usage_evidence,
    false as is_batch,
    case when has_failed then 'error' else 'ok' end as status,
    try_cast(said.status_code as smallint) as http_status_code,
    case when has_failed then label(said.error_type) end as error_type,
    cwd as project_id,
    list_filter(
        [nullif(gitbranch, ''), case when flag(issidechain) then 'sidechain' end], lambda tag:tag is not null
    ) as tags
from calls
union all by name
select passed_over
from lines
where passed_over is not null
