/*
# over 200 lines: four agents have their own events
title: OpenTelemetry logs of coding agents (OTLP/JSON)
answers: The API events that Claude Code, Gemini CLI, Qwen Code and Codex send as OpenTelemetry logs, as the collector's file exporter writes them.
source: "Claude Code docs: monitoring usage; google-gemini/gemini-cli docs/cli/telemetry.md; openai/codex otel events"
recognise:
  - {resourceLogs: }
macros: [otlp]
required: [resourceLogs]
columns:
  resourceLogs:
    - resource: {attributes: [{key: text, value: {stringValue: text, intValue: text, doubleValue: text, boolValue: text, arrayValue: {values: [{stringValue: text, intValue: text}]}}}]}
      scopeLogs:
        - logRecords:
            - timeUnixNano: text
              observedTimeUnixNano: text
              eventName: text
              traceId: text
              spanId: text
              body: {stringValue: text}
              attributes: [{key: text, value: {stringValue: text, intValue: text, doubleValue: text, boolValue: text, arrayValue: {values: [{stringValue: text, intValue: text}]}}}]
passes_over: [not a model call, "the same call, logged twice"]
has_ids: false
*/
with
    resources as (select file_id, unnest(resourcelogs) as sent from records),
    scopes as (
        select file_id, otlp_map(sent.resource.attributes) as r, unnest(sent.scopelogs) as scoped
        from resources
    ),
    events as (
        select file_id, r, otlp_map(logged.attributes) as a, logged
        from (select file_id, r, unnest(scoped.logrecords) as logged from scopes)
    ),
    named as (
        select
            *,
            -- Claude Code says "api_request" in the attribute and the whole name in the body
            case
                when starts_with(logged.body.stringvalue, 'claude_code.')
                then logged.body.stringvalue
                when a['event.name'] in ('api_request', 'api_error')
                then concat('claude_code.', a['event.name'])
                else coalesce(nullif(logged.eventname, ''), a['event.name'], logged.body.stringvalue)
            end as event,
            case
                when starts_with(event, 'claude_code.')
                then 'claude_code'
                when starts_with(event, 'gemini_cli.')
                then 'gemini_cli'
                when starts_with(event, 'qwen-code.')
                then 'qwen_code'
                when starts_with(event, 'codex.')
                then 'codex'
            end as agent,
            case
                when event in ('claude_code.api_request', 'gemini_cli.api_response', 'qwen-code.api_response')
                then null
                when event in ('claude_code.api_error', 'gemini_cli.api_error', 'qwen-code.api_error')
                then null
                when
                    agent = 'codex'
                    and a['event.kind'] = 'response.completed'
                    and a['input_token_count'] is not null
                then null
                when
                    event = 'codex.api_request' and try_cast(a['http.response.status_code'] as integer) >= 400
                then null
                -- Gemini CLI repeats each response in the words of the conventions
                when event = 'gen_ai.client.inference.operation.details'
                then 'the same call, logged twice'
                else 'not a model call'
            end as passed_over
        from events
    ),
    calls as (
        select
            *,
            -- an event comes when its call is over
            case
                when passed_over is null
                then
                    required(
                        utc(coalesce(nullif(logged.timeunixnano, '0'), logged.observedtimeunixnano)),
                        'the time'
                    )
            end as logged_at,
            case
                when passed_over is not null
                then null
                when ends_with(event, 'api_error') or event = 'codex.api_request'
                then 'error'
                when try_cast(a['status_code'] as integer) >= 400
                then 'error'
                else 'ok'
            end as outcome,
            case
                when passed_over is null then tokens(coalesce(a['input_tokens'], a['input_token_count']))
            end as input,
            case
                when passed_over is null then tokens(coalesce(a['output_tokens'], a['output_token_count']))
            end as output,
            case
                when passed_over is null
                then
                    tokens(
                        coalesce(
                            a['cache_read_tokens'], a['cached_content_token_count'], a['cached_token_count']
                        )
                    )
            end as cache_read,
            case
                when passed_over is null
                then tokens(coalesce(a['cache_creation_tokens'], a['cache_write_token_count']))
            end as cache_write,
            case
                when passed_over is null
                then tokens(coalesce(a['thoughts_token_count'], a['reasoning_token_count']))
            end as reasoning,
            -- Codex calls the total "tool tokens"; Gemini's tool tokens are input beside the prompt
            case
                when passed_over is null
                then
                    tokens(
                        case when agent = 'codex' then a['tool_token_count'] else a['total_token_count'] end
                    )
            end as total,
            case
                when passed_over is null and agent <> 'codex' then tokens(a['tool_token_count'])
            end as tool_use,
            case agent when 'claude_code' then 'exclusive' else 'inclusive' end as input_basis,
            case
                when agent in ('gemini_cli', 'qwen_code') then 'exclusive' else 'inclusive'
            end as output_basis
        from named
    ),
    resolved as (
        select
            *,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                tool_use := tool_use,
                input_basis := input_basis,
                output_basis := output_basis
            ) as used,
            coalesce(a['session.id'], a['conversation.id'], r['session.id']) as session,
            case
                when a['request_id'] is not null
                then hash(agent, a['request_id'])
                else
                    hash(
                        agent,
                        event,
                        session,
                        logged.timeunixnano,
                        a['event.sequence'],
                        a['prompt_id'],
                        a['model'],
                        input,
                        output
                    )
            end as event_key
        from calls
    )
select
    coalesce(a['request_id'], printf('%s-%016x', replace(agent, '_', '-'), event_key)) as request_id,
    a['response.id'] as response_id,
    nullif(logged.traceid, '') as trace_id,
    nullif(logged.spanid, '') as parent_span_id,
    session as session_id,
    event_key as dedupe_key,
    file_id,
    coalesce(after_ms(logged_at, - try_cast(a['duration_ms'] as double)), logged_at) as started_at,
    logged_at as ended_at,
    case
        agent when 'claude_code' then 'anthropic' when 'gemini_cli' then 'google' when 'codex' then 'openai'
    end as provider_name,
    a['model'] as request_model,
    'chat' as operation_name,
    case when used.input_tokens > 0 then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when used.input_tokens > 0 then used.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    total as total_tokens_reported,
    case
        when used.input_tokens > 0 and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    nullif(otel_word(a['speed']), 'normal') as speed,
    false as is_batch,
    outcome as status,
    try_cast(coalesce(a['status_code'], a['http.response.status_code']) as smallint) as http_status_code,
    case when outcome = 'error' then otel_word(coalesce(a['error_type'], a['error.type'])) end as error_type,
    otel_word(coalesce(a['finish_reasons'] ->> 0, a['stop_reason'])) as finish_reason,
    -- Claude Code's `attempt` counts all tries that end in this event
    case when agent = 'claude_code' then try_cast(a['attempt'] as integer) - 1 end as retry_count,
    coalesce(a['organization.id'], r['organization.id']) as organization_id,
    r['service.name'] as project_id,
    coalesce(a['user.account_uuid'], a['user.account_id'], a['user.id'], r['user.id']) as user_id,
    case when a['query_source'] is not null then [otel_word(a['query_source'])] end as tags,
    concat_ws(
        ' ', replace(agent, '_', '-'), coalesce(a['app.version'], r['service.version'])
    ) as emitter_version,
    cast(try_cast(a['cost_usd'] as double) as decimal(18, 12)) as reported_cost_usd,
    passed_over
from resolved
