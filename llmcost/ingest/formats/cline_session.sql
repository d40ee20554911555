/*
title: Cline sessions
answers: The messages.json of a session in ~/.cline/data/sessions; a request is an answer with metrics, whose input has the cache in it.
source: cline/cline sdk/packages/core, messages-contract-v1.md and its fixture, session-data.ts
recognise:
  - {version: , updated_at: , agent: , messages: {role: }}
  - {version: , updated_at: , sessionId: , messages: {role: }}
macros: [agents]
required: [messages]
columns:
  sessionId: text
  agent: text
  messages:
    - id: text
      role: text
      ts: time
      modelInfo: {id: text, provider: text}
      metrics: {inputTokens: tokens, outputTokens: tokens, cacheReadTokens: tokens, cacheWriteTokens: tokens, cost: number}
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    messages as (
        select
            file_id, modified_at, sessionid as session_id, agent, unnest(required(messages, 'messages')) as m
        from records
    ),
    read as (
        select
            *,
            utc(m.ts) as logged_at,
            tokens(m.metrics.inputtokens) as input,
            tokens(m.metrics.outputtokens) as output,
            tokens(m.metrics.cachereadtokens) as cache_read,
            tokens(m.metrics.cachewritetokens) as cache_write
        from messages
    ),
    counted as (
        select
            *,
            case
                when m.role is distinct from 'assistant'
                then 'not a model call'
                when coalesce(input, 0) + coalesce(output, 0) = 0
                then 'no usage in the message'
            end as passed_over,
            resolve_usage(input, output, cache_read := cache_read, cache_write := cache_write) as used
        from read
    )
select
    passed_over,
    coalesce(m.id, printf('cline-%x', hash(session_id, m))) as request_id,
    session_id,
    hash('cline_session', session_id, coalesce(m.id, cast(hash(m) as varchar))) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'cline' as gateway,
    agent_provider(m.modelinfo.provider) as provider_name,
    m.modelinfo.id as response_model,
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
    case when agent <> '' then [agent] end as tags,
    nullif(cast(m.metrics.cost as decimal(18, 12)), 0) as reported_cost_usd
from counted
