/*
# over 200 lines: sessions have lines of many kinds
title: Claude Code sessions
answers: Session files of ~/.claude/projects; each answer counts once, however many lines, forks and subagent files repeat it.
source: ryoppippi/ccusage and daaain/claude-code-log, which read the same files
recognise:
  - {type: [assistant, user, system, progress, attachment], sessionId: , timestamp: }
  - {timestamp: , sessionId: , message: {usage: {input_tokens: }}}
  - {timestamp: , requestId: , message: {usage: {input_tokens: }}}
  - {type: summary, leafUuid: }
  - {type: file-history-snapshot, messageId: }
  - {type: [queue-operation, last-prompt, custom-title, agent-name, ai-title, pr-link, permission-mode], sessionId: }
required: []
columns:
  type: text
  uuid: text
  requestId: text
  sessionId: text
  timestamp: time
  isSidechain: flag
  cwd: text
  gitBranch: text
  version: text
  costUSD: number
  message: json
  data: {message: {type: text, uuid: text, requestId: text, timestamp: time, message: json}}
parsed:
  answer:
    from: message
    columns: &answer
      id: text
      role: text
      model: text
      stop_reason: text
      usage:
        input_tokens: tokens
        cache_read_input_tokens: tokens
        cache_creation_input_tokens: tokens
        cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
        output_tokens: tokens
        output_tokens_details: {thinking_tokens: tokens}
        service_tier: text
        speed: text
        inference_geo: text
        server_tool_use: {web_search_requests: tokens}
        iterations:
          - model: text
            input_tokens: tokens
            cache_read_input_tokens: tokens
            cache_creation_input_tokens: tokens
            cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
            output_tokens: tokens
  shown: {from: data.message.message, columns: *answer}
passes_over: [not a model call, written by Claude Code itself]
*/
with
    -- What a subagent answers is shown in its parent's session, too, and may stand nowhere else.
    answers as (
        select
            * exclude ("message", data, shown) replace (
                coalesce(data.message.type, "type") as "type",
                coalesce(shown, answer) as answer,
                coalesce(data.message.uuid, uuid) as uuid,
                coalesce(data.message.requestid, requestid) as requestid,
                coalesce(data.message.timestamp, "timestamp") as "timestamp",
                coalesce(issidechain, case when shown is not null then 'true' end) as issidechain
            )
        from records
    ),
    lines as (
        select
            *,
            answer.usage as usage,
            case
                when coalesce("type", 'assistant') <> 'assistant' or answer.usage.input_tokens is null
                then 'not a model call'
                when answer.model = '<synthetic>'
                then 'written by Claude Code itself'
            end as passed_over
        from answers
    ),
    -- The oldest versions and some gateways write no ids.
    named as (
        select
            *,
            required(utc("timestamp"), 'timestamp') as logged_at,
            coalesce(flag(issidechain), false) as is_sidechain,
            coalesce(
                answer.id, uuid, requestid, printf('claude-code-%x', hash(sessionid, "timestamp", usage))
            ) as call_id,
            -- Anthropic's ids are unique: an answer that is replayed under a new request id is the same one
            case when not coalesce(starts_with(answer.id, 'msg_'), false) then requestid end as asked
        from lines
        where passed_over is null
    ),
    -- An answer is a line for each of its blocks, and files of resumed, forked and subagent sessions repeat
    -- lines of others.
    calls as (
        select
            *,
            row_number() over () as line,
            min(logged_at) over copies as first_at,
            first_value(sessionid) over copies as session,
            first_value(cwd) over copies as folder,
            first_value(requestid) over copies as first_request,
            first_value(nullif(gitbranch, '') ignore nulls) over copies as branch,
            bool_and(is_sidechain) over copies as is_only_sidechain,
            max(answer.stop_reason) over copies as stop_reason
        from named
        window
            copies as (
                partition by call_id, asked
                order by is_sidechain, logged_at, modified_at, file_id
                rows between unbounded preceding and unbounded following
            )
    ),
    -- What compaction, advisors and models that failed first used stands only in the iterations, as in the
    -- bodies of Anthropic.
    turns as (
        select
            *,
            unnest(
                case
                    when len(usage.iterations) > 0
                    then usage.iterations
                    else
                        [
                            {
                                model:cast(null as varchar),
                                input_tokens:usage.input_tokens,
                                cache_read_input_tokens:usage.cache_read_input_tokens,
                                cache_creation_input_tokens:usage.cache_creation_input_tokens,
                                cache_creation:usage.cache_creation,
                                output_tokens:usage.output_tokens
                            }
                        ]
                end
            ) as turn
        from calls
    ),
    models as (
        select
            line,
            nullif(turn.model, answer.model) as other_model,
            any_value(turns) as line_of,
            sum(tokens(turn.input_tokens)) as uncached,
            sum(tokens(turn.cache_read_input_tokens)) as cache_read,
            sum(tokens(turn.cache_creation_input_tokens)) as cache_write,
            sum(tokens(turn.cache_creation.ephemeral_5m_input_tokens)) as cache_write_5m,
            sum(tokens(turn.cache_creation.ephemeral_1h_input_tokens)) as cache_write_1h,
            sum(tokens(turn.output_tokens)) as output
        from turns
        group by line, other_model
    ),
    counted as (
        select
            line_of.*,
            models.* exclude (line, line_of),
            line_of.answer.model as model,
            resolve_usage(
                uncached,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                input_basis := 'exclusive'
            ) as used
        from models
    ),
    requests as (
        select
            concat(coalesce(first_request, call_id), '#' || other_model) as request_id,
            answer.id as response_id,
            session as session_id,
            hash('claude_code', call_id, asked, other_model) as dedupe_key,
            file_id,
            first_at as started_at,
            'claude_code' as gateway,
            version as emitter_version,
            -- Bedrock and Vertex mark their ids; others in Anthropic's place have their own models
            case
                when answer.id like 'msg_bdrk_%'
                then 'aws.bedrock'
                when answer.id like 'msg_vrtx_%'
                then 'gcp.vertex_ai'
                when starts_with(model, 'claude-')
                then 'anthropic'
            end as provider_name,
            coalesce(other_model, model) as response_model,
            'chat' as operation_name,
            case when used.input_tokens + output > 0 then used.input_tokens end as input_tokens,
            cache_read as cache_read_input_tokens,
            cache_write as cache_write_input_tokens,
            cache_write_5m as cache_write_5m_input_tokens,
            cache_write_1h as cache_write_1h_input_tokens,
            case when used.input_tokens + output > 0 then used.output_tokens end as output_tokens,
            case
                when other_model is null then tokens(usage.output_tokens_details.thinking_tokens)
            end as reasoning_output_tokens,
            case
                when other_model is null then tokens(usage.server_tool_use.web_search_requests)
            end as web_search_requests,
            case when used.input_tokens + output > 0 then 'provider' else 'missing' end as usage_source,
            case when len(usage.iterations) > 0 then 'iterations' else used.basis end as usage_basis,
            used.evidence as usage_evidence,
            usage.service_tier as service_tier,
            usage.speed as speed,
            usage.inference_geo as inference_geo,
            usage.service_tier is not distinct from 'batch' as is_batch,
            'ok' as status,
            stop_reason as finish_reason,
            folder as project_id,
            list_filter(
                [branch, case when is_only_sidechain then 'sidechain' end], lambda tag:tag is not null
            ) as tags,
            case when other_model is null then cast(costusd as decimal(18, 12)) end as reported_cost_usd,
            cast(null as varchar) as passed_over
        from counted
    )
select *
from requests
union all by name
select passed_over
from lines
where passed_over is not null
