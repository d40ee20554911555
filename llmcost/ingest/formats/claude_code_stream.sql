/*
# over 200 lines: counts of a run go on from result to result, and a run may have none
title: Claude Code runs
answers: What `claude -p --output-format json` or `stream-json` prints, and Qwen Code likewise; a request is what a run used of one model, or a message of a run without a result.
source: Claude Code docs, headless mode and Agent SDK; anthropics/claude-agent-sdk-python; recorded runs in public repositories
recognise:
  - {type: result, subtype: , session_id: , usage: }
  - {type: result, subtype: , session_id: , total_cost_usd: }
  - {type: system, subtype: , session_id: }
  - {type: [assistant, user, stream_event], session_id: , uuid: }
  - {type: [assistant, user], session_id: , message: }
  - {type: [rate_limit_event, tool_progress, auth_status, tool_use_summary], session_id: }
required: [type]
columns:
  type: text
  session_id: text
  uuid: text
  timestamp: time
  cwd: text
  model: text
  claude_code_version: text
  qwen_code_version: text
  parent_tool_use_id: text
  subtype: text
  is_error: flag
  stop_reason: text
  total_cost_usd: number
  message: json
  usage: &usage
    input_tokens: tokens
    cache_read_input_tokens: tokens
    cache_creation_input_tokens: tokens
    cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
    output_tokens: tokens
    service_tier: text
    speed: text
    inference_geo: text
    server_tool_use: {web_search_requests: tokens}
  modelUsage: map
parsed:
  answer: {from: message, columns: {id: text, model: text, stop_reason: text, usage: *usage}}
passes_over:
  - not a model call
  - counted in the result of its run
  - a run without a model call
has_ids: false
*/
with
    -- The place of a line says to which result it belongs; a resumed session has several in one file.
    lines as (
        select
            * exclude (message),
            row_number() over () as place,
            utc("timestamp") as logged_at,
            coalesce(flag(is_error), false) as has_failed
        from records
    ),
    placed as (
        select
            *,
            max(case when "type" = 'result' then place end) over session_lines as last_result,
            max_by(model, place) over session_lines as init_model,
            max_by(cwd, place) over session_lines as folder,
            max_by(coalesce(claude_code_version, qwen_code_version), place) over session_lines as version,
            max(qwen_code_version) over session_lines is not null as is_qwen,
            case when is_qwen then 'inclusive' else 'exclusive' end as basis
        from lines
        window session_lines as (partition by file_id, session_id)
    ),
    -- One struct for each model that a result names; older results have only the sum of the main one.
    results as (
        select
            *,
            case
                when cardinality(modelusage) > 0
                then
                    list_transform(
                        map_entries(modelusage),
                        lambda entry:struct_pack(
                            model := entry.key,
                            used := from_json(
                                entry.value,
                                '{"inputTokens":"VARCHAR","outputTokens":"VARCHAR","cacheReadInputTokens":"VARCHAR",
                                  "cacheCreationInputTokens":"VARCHAR","webSearchRequests":"VARCHAR",
                                  "costUSD":"DOUBLE","canonicalModel":"VARCHAR","provider":"VARCHAR"}'
                            )
                        )
                    )
                else
                    [
                        {
                            model:init_model,
                            used: {
                                -- Qwen's input has the cache in it
                                inputtokens: case
                                    when is_qwen
                                    then
                                        cast(
                                            tokens(usage.input_tokens)
                                            - coalesce(tokens(usage.cache_read_input_tokens), 0) as varchar
                                        )
                                    else usage.input_tokens
                                end,
                                outputtokens:usage.output_tokens,
                                cachereadinputtokens:usage.cache_read_input_tokens,
                                cachecreationinputtokens:usage.cache_creation_input_tokens,
                                websearchrequests:usage.server_tool_use.web_search_requests,
                                costusd:total_cost_usd,
                                canonicalmodel:cast(null as varchar),
                                provider:cast(null as varchar)
                            }
                        }
                    ]
            end as entries
        from placed
        where "type" = 'result'
    ),
    read as (
        select
            *,
            list_transform(
                entries,
                lambda e:struct_pack(
                    model := e.model,
                    priced_as := e.used.canonicalmodel,
                    provider := e.used.provider,
                    input := coalesce(tokens(e.used.inputtokens), 0),
                    cache_read := coalesce(tokens(e.used.cachereadinputtokens), 0),
                    cache_write := coalesce(tokens(e.used.cachecreationinputtokens), 0),
                    output := coalesce(tokens(e.used.outputtokens), 0),
                    searches := tokens(e.used.websearchrequests),
                    cost := cast(e.used.costusd as decimal(18, 12))
                )
            ) as models
        from results
    ),
    -- In one process the counts by model go on from result to result, those of `usage` begin anew. So what
    -- was added must hold them: otherwise the result is of another process.
    followed as (
        select
            *,
            lag(models) over (partition by file_id, session_id order by place) as before,
            cardinality(modelusage) > 0
            and list_sum(list_transform(models, lambda m:m.output))
            >= list_sum(list_transform(before, lambda m:m.output)) + coalesce(tokens(usage.output_tokens), 0)
            and list_sum(list_transform(models, lambda m:m.input + m.cache_read + m.cache_write))
            >= list_sum(list_transform(before, lambda m:m.input + m.cache_read + m.cache_write))
            + coalesce(tokens(usage.input_tokens), 0)
            + coalesce(tokens(usage.cache_read_input_tokens), 0)
            + coalesce(tokens(usage.cache_creation_input_tokens), 0) as goes_on
        from read
    ),
    parts as (
        select * exclude (models), len(models) as number_of_models, unnest(models) as part from followed
    ),
    based as (
        select
            * exclude (before),
            case
                when goes_on then list_filter(before, lambda b:b.model is not distinct from part.model)[1]
            end as base
        from parts
    ),
    runs as (
        select
            *,
            part.input - coalesce(base.input, 0) as uncached,
            part.cache_read - coalesce(base.cache_read, 0) as cache_read,
            part.cache_write - coalesce(base.cache_write, 0) as cache_write,
            part.output - coalesce(base.output, 0) as output,
            uncached + cache_read + cache_write as input,
            number_of_models = 1 or part.model is not distinct from init_model as is_main,
            is_main and cache_write = tokens(usage.cache_creation_input_tokens) as is_split
        from based
    ),
    run_requests as (
        select
            coalesce(uuid, printf('claude-run-%x', hash(session_id, total_cost_usd, usage)))
            || case when number_of_models > 1 then '#' || part.model else '' end as request_id,
            session_id,
            hash(
                'claude_code_stream', session_id, uuid, part, case when uuid is null then usage end
            ) as dedupe_key,
            file_id,
            coalesce(logged_at, modified_at) as started_at,
            logged_at is null as is_file_time,
            case when is_qwen then 'qwen_code' else 'claude_code' end as gateway,
            version as emitter_version,
            case
                when part.provider = 'bedrock'
                then 'aws.bedrock'
                when part.provider = 'vertex'
                then 'gcp.vertex_ai'
                when
                    coalesce(part.provider, 'firstParty') = 'firstParty'
                    and starts_with(part.model, 'claude-')
                then 'anthropic'
            end as provider_name,
            part.model as request_model,
            -- the window is named beside the model: claude-opus-5[1m]
            coalesce(
                nullif(part.priced_as, ''), regexp_replace(part.model, '\[\w+\]$', '')
            ) as response_model,
            'chat' as operation_name,
            input as input_tokens,
            cache_read as cache_read_input_tokens,
            cache_write as cache_write_input_tokens,
            case
                when is_split then tokens(usage.cache_creation.ephemeral_5m_input_tokens)
            end as cache_write_5m_input_tokens,
            case
                when is_split then tokens(usage.cache_creation.ephemeral_1h_input_tokens)
            end as cache_write_1h_input_tokens,
            output as output_tokens,
            part.searches - coalesce(base.searches, 0) as web_search_requests,
            'provider' as usage_source,
            'run' as usage_basis,
            'default' as usage_evidence,
            case when is_main then code_word(usage.service_tier) end as service_tier,
            case when is_main then code_word(usage.speed) end as speed,
            case when is_main then code_word(usage.inference_geo) end as inference_geo,
            false as is_batch,
            case when has_failed then 'error' else 'ok' end as status,
            case when has_failed and starts_with(subtype, 'error') then code_word(subtype) end as error_type,
            code_word(coalesce(stop_reason, subtype)) as finish_reason,
            folder as project_id,
            part.cost - coalesce(base.cost, 0) as reported_cost_usd,
            place
        from runs
        where input + output > 0
    ),
    -- A run that was stopped has no result: its messages show all of the input, but only the beginning of the
    -- output, unless they say why they ended.
    messages as (
        select
            *,
            answer.usage as counts,
            max(answer.stop_reason) over (partition by file_id, session_id, answer.id) as ended_for,
            min(logged_at) over (partition by file_id, session_id, answer.id) as first_at,
            resolve_usage(
                tokens(answer.usage.input_tokens),
                tokens(answer.usage.output_tokens),
                cache_read := tokens(answer.usage.cache_read_input_tokens),
                cache_write := tokens(answer.usage.cache_creation_input_tokens),
                input_basis := basis
            ) as used
        from placed
        where
            "type" = 'assistant'
            and answer.usage.input_tokens is not null
            and answer.model is distinct from '<synthetic>'
            and place > coalesce(last_result, 0)
    ),
    message_requests as (
        select
            coalesce(answer.id, uuid) as request_id,
            answer.id as response_id,
            session_id,
            hash('claude_code_stream', session_id, coalesce(answer.id, uuid)) as dedupe_key,
            file_id,
            coalesce(first_at, modified_at) as started_at,
            first_at is null as is_file_time,
            case when is_qwen then 'qwen_code' else 'claude_code' end as gateway,
            version as emitter_version,
            case
                when answer.id like 'msg_bdrk_%'
                then 'aws.bedrock'
                when answer.id like 'msg_vrtx_%'
                then 'gcp.vertex_ai'
                when starts_with(answer.model, 'claude-')
                then 'anthropic'
            end as provider_name,
            answer.model as response_model,
            'chat' as operation_name,
            used.input_tokens as input_tokens,
            tokens(counts.cache_read_input_tokens) as cache_read_input_tokens,
            tokens(counts.cache_creation_input_tokens) as cache_write_input_tokens,
            tokens(counts.cache_creation.ephemeral_5m_input_tokens) as cache_write_5m_input_tokens,
            tokens(counts.cache_creation.ephemeral_1h_input_tokens) as cache_write_1h_input_tokens,
            used.output_tokens as output_tokens,
            tokens(counts.server_tool_use.web_search_requests) as web_search_requests,
            case when ended_for is null then 'gateway_estimate' else 'provider' end as usage_source,
            used.basis as usage_basis,
            used.evidence as usage_evidence,
            code_word(counts.service_tier) as service_tier,
            code_word(counts.speed) as speed,
            code_word(counts.inference_geo) as inference_geo,
            false as is_batch,
            case when ended_for is null then 'cancelled' else 'ok' end as status,
            code_word(ended_for) as finish_reason,
            folder as project_id,
            place
        from messages
    )
select * exclude (place), cast(null as varchar) as passed_over
from run_requests
union all by name
select * exclude (place)
from message_requests
union all by name
select
    case
        when "type" = 'result'
        then 'a run without a model call'
        when "type" = 'assistant' and place <= last_result
        then 'counted in the result of its run'
        else 'not a model call'
    end as passed_over
from placed
where
    place not in (
        select place
        from run_requests
        union all
        select place
        from message_requests
    )
