/*
title: Kimi sessions
answers: The wire.jsonl of a session in ~/.kimi or ~/.kimi-code, older and newer, one row a call; the input leaves the cache out.
source: MoonshotAI/kimi-cli wire messages; usage.record lines in public tests; ryoppippi/ccusage, which reads the same files
recognise:
  - {type: usage.record, usage: {inputOther: }}
  - {timestamp: , message: {type: , payload: }}
  - {type: metadata, protocol_version: }
  - {type: [context.append_message, context.append_loop_event, llm.request, llm.response, context.apply_compaction]}
macros: [agents]
required: []
columns:
  type: text
  time: time
  timestamp: time
  model: text
  agentId: text
  usage: &newer {inputOther: tokens, output: tokens, inputCacheRead: tokens, inputCacheCreation: tokens}
  message:
    type: text
    payload: &payload
      message_id: text
      token_usage: {input_other: tokens, output: tokens, input_cache_read: tokens, input_cache_creation: tokens, total: tokens}
      event: {type: text, payload: {message_id: text, token_usage: {input_other: tokens, output: tokens, input_cache_read: tokens, input_cache_creation: tokens, total: tokens}}}
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    -- An older line is a status; that of a subagent is inside an event of it.
    lines as (
        select
            *,
            coalesce(message.payload.event.type, message.type) as kind,
            coalesce(message.payload.event.payload.token_usage, message.payload.token_usage) as older,
            coalesce(message.payload.event.payload.message_id, message.payload.message_id) as message_id,
            coalesce(utc("time"), utc("timestamp")) as logged_at
        from records
    ),
    read as (
        select
            *,
            tokens(coalesce(usage.inputother, older.input_other)) as input,
            tokens(coalesce(usage.output, older.output)) as output,
            tokens(coalesce(usage.inputcacheread, older.input_cache_read)) as cache_read,
            tokens(coalesce(usage.inputcachecreation, older.input_cache_creation)) as cache_write
        from lines
    ),
    counted as (
        select
            *,
            case
                when "type" is distinct from 'usage.record' and kind is distinct from 'StatusUpdate'
                then 'not a model call'
                when coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) = 0
                then 'no usage in the message'
            end as passed_over,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                input_basis := 'exclusive'
            ) as used
        from read
    )
select
    passed_over,
    coalesce(
        message_id, printf('kimi-%x', hash(logged_at, model, input, output, cache_read, cache_write))
    ) as request_id,
    message_id as response_id,
    -- a session's own file may repeat the lines of its agents
    case
        when message_id is null
        then hash('kimi', logged_at, model, input, output, cache_read, cache_write)
        else hash('kimi', message_id)
    end as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'kimi' as gateway,
    -- kimi-code/kimi-k2.7; an older line names no model
    case
        when
            split_part(model, '/', 1) in ('kimi', 'kimi-code', 'managed:kimi-code')
            or starts_with(model, 'kimi')
        then 'moonshotai'
        when contains(model, '/')
        then agent_provider(split_part(model, '/', 1))
    end as provider_name,
    regexp_replace(model, '^[^/]*/', '') as response_model,
    'chat' as operation_name,
    used.input_tokens as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    used.output_tokens as output_tokens,
    'provider' as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    'ok' as status,
    case when agentid <> '' then [agentid] end as tags
from counted
