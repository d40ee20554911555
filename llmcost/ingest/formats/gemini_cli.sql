/*
title: Gemini CLI chats
answers: Session files, chats in ~/.gemini/tmp, JSON and JSONL; thoughts stand beside the output, and a message that is written again counts once.
source: google-gemini/gemini-cli chatRecordingTypes.ts and chatRecordingService.ts; ryoppippi/ccusage, which reads the same files
recognise:
  - {sessionId: , projectHash: , messages: }
  - {sessionId: , projectHash: , startTime: }
  - {type: gemini, tokens: , id: }
  - {type: [user, gemini, info, error, warning], id: , timestamp: , content: }
  - {$set: {lastUpdated: }}
  - {$set: {messages: }}
  - {$rewindTo: }
required: []
columns:
  sessionId: text
  startTime: time
  id: text
  timestamp: time
  type: text
  model: text
  tokens: &tokens {input: tokens, output: tokens, cached: tokens, thoughts: tokens, tool: tokens, total: tokens}
  messages: &messages [{id: text, timestamp: time, type: text, model: text, tokens: *tokens}]
  $set: {messages: *messages}
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    sessions as (select *, max(sessionid) over (partition by file_id) as session_id from records),
    -- An older file is one record with all messages, a newer one has a record for each.
    messages as (
        select
            file_id,
            session_id,
            modified_at,
            unnest(
                case
                    when coalesce(len(messages), 0) + coalesce(len("$set".messages), 0) > 0
                    then list_concat(messages, "$set".messages)
                    else [{id:id, timestamp:"timestamp", type:"type", model:model, tokens:tokens}]
                end
            ) as message
        from sessions
    ),
    read as (
        select
            *,
            tokens(message.tokens.input) as input,
            tokens(message.tokens.output) as output,
            tokens(message.tokens.cached) as cache_read,
            tokens(message.tokens.thoughts) as thoughts,
            tokens(message.tokens.tool) as tool_use,
            nullif(tokens(message.tokens.total), 0) as total,
            utc(message."timestamp") as logged_at
        from messages
    ),
    counted as (
        select
            *,
            case
                when message."type" is distinct from 'gemini'
                then 'not a model call'
                when coalesce(input, 0) + coalesce(output, 0) + coalesce(thoughts, 0) = 0
                then 'no usage in the message'
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
        from read
    )
select
    passed_over,
    coalesce(message.id, printf('gemini-cli-%x', hash(session_id, message))) as request_id,
    session_id,
    -- a resumed session writes the messages of the first one again, with their ids and times
    hash(
        'gemini_cli', message.id, message."timestamp", case when message.id is null then message end
    ) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'gemini_cli' as gateway,
    'google' as provider_name,
    message.model as response_model,
    'chat' as operation_name,
    found.input_tokens as input_tokens,
    cache_read as cache_read_input_tokens,
    found.output_tokens as output_tokens,
    thoughts as reasoning_output_tokens,
    total as total_tokens_reported,
    'provider' as usage_source,
    found.basis as usage_basis,
    found.evidence as usage_evidence,
    false as is_batch,
    'ok' as status
from counted
