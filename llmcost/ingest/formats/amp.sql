/*
title: Amp threads
answers: Thread files of ~/.local/share/amp/threads; the ledger's events count, and answers that it does not have yet; the input leaves the cache out.
source: ryoppippi/ccusage and other readers of the same files in public repositories; no record of a real run seen
recognise:
  - {id: , usageLedger: {events: }}
  - {id: , created: , messages: {role: , messageId: }}
  - {id: , v: , created: , messages: }
required: []
columns:
  id: text
  usageLedger:
    events:
      - id: text
        timestamp: time
        model: text
        toMessageId: text
        operationType: text
        tokens: {input: tokens, output: tokens, cacheReadInputTokens: tokens, cacheCreationInputTokens: tokens}
  messages:
    - role: text
      messageId: text
      timestamp: time
      usage:
        model: text
        timestamp: time
        inputTokens: tokens
        outputTokens: tokens
        cacheReadInputTokens: tokens
        cacheCreationInputTokens: tokens
passes_over: [not a model call, no usage in the message, counted in the ledger]
has_ids: false
*/
with
    threads as (
        select
            *,
            list_filter(usageledger.events, lambda e:e.tokens is not null) as events,
            list_transform(usageledger.events, lambda e:e.tomessageid) as reported
        from records
    ),
    -- The ledger has no cache in older versions: the message that an event is of has it.
    rows as (
        select
            file_id,
            modified_at,
            id as thread,
            unnest(
                list_concat(
                    list_transform(
                        events,
                        lambda e:struct_pack(
                            id := coalesce(e.tomessageid, e.id),
                            logged := cast(e."timestamp" as varchar),
                            model := e.model,
                            kind := e.operationtype,
                            input := e.tokens.input,
                            output := e.tokens.output,
                            cache_read := coalesce(
                                e.tokens.cachereadinputtokens,
                                list_filter(messages, lambda m:m.messageid = e.tomessageid)[
                                    1
                                ].usage.cachereadinputtokens
                            ),
                            cache_write := coalesce(
                                e.tokens.cachecreationinputtokens,
                                list_filter(messages, lambda m:m.messageid = e.tomessageid)[
                                    1
                                ].usage.cachecreationinputtokens
                            ),
                            passed_over := cast(null as varchar)
                        )
                    ),
                    list_transform(
                        messages,
                        lambda m:struct_pack(
                            id := m.messageid,
                            logged := cast(coalesce(m.usage."timestamp", m."timestamp") as varchar),
                            model := m.usage.model,
                            kind := cast(null as varchar),
                            input := m.usage.inputtokens,
                            output := m.usage.outputtokens,
                            cache_read := m.usage.cachereadinputtokens,
                            cache_write := m.usage.cachecreationinputtokens,
                            passed_over := case
                                when m.role is distinct from 'assistant'
                                then 'not a model call'
                                when m.usage is null
                                then 'no usage in the message'
                                when
                                    len(events) > 0
                                    and (
                                        list_contains(reported, m.messageid)
                                        or m.messageid is null
                                        or len(list_filter(reported, lambda t:t is not null)) = 0
                                    )
                                then 'counted in the ledger'
                            end
                        )
                    )
                )
            ) as call
        from threads
    ),
    read as (
        select
            * exclude (call),
            call.* exclude (input, output, cache_read, cache_write),
            tokens(call.input) as input,
            tokens(call.output) as output,
            tokens(call.cache_read) as cache_read,
            tokens(call.cache_write) as cache_write
        from rows
    ),
    counted as (
        select
            * exclude (passed_over),
            case
                when passed_over is not null
                then passed_over
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
    concat(thread, '#', coalesce(id, logged)) as request_id,
    thread as session_id,
    hash(
        'amp', thread, id, case when id is null or kind is not null then logged end, model, kind
    ) as dedupe_key,
    file_id,
    coalesce(utc(logged), modified_at) as started_at,
    logged is null as is_file_time,
    'amp' as gateway,
    model as response_model,
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
    case when kind <> '' then [kind] end as tags
from counted
