/*
title: Cline, Roo Code and Kilo Code tasks
answers: The ui_messages.json of a task, one row a request to a model; Cline's input leaves the cache out, that of newer versions of Roo does not.
source: cline/cline ExtensionMessage.ts and getApiMetrics.ts; RooCodeInc/Roo-Code Task.ts and consolidateTokenUsage.ts
recognise:
  - {ts: , type: say, say: }
  - {ts: , type: ask, ask: }
  - {type: say, say: [api_req_started, api_req_finished, deleted_api_reqs, subagent_usage], text: }
macros: [agents]
required: []
columns:
  ts: time
  type: text
  say: text
  text: json
  partial: flag
  modelInfo: {modelId: text, providerId: text, mode: text}
  contextCondense: {cost: number}
parsed:
  said:
    from: text
    columns:
      tokensIn: tokens
      tokensOut: tokens
      cacheReads: tokens
      cacheWrites: tokens
      cost: number
      apiProtocol: text
      inferenceProvider: text
      cancelReason: text
passes_over: [not a model call, no usage in the message]
has_ids: false
*/
with
    messages as (
        select
            * exclude ("text"),
            utc(ts) as started,
            say in ('api_req_started', 'api_req_finished', 'deleted_api_reqs', 'subagent_usage') as is_usage,
            coalesce(say = 'condense_context' and contextcondense.cost > 0, false) as is_summary,
            tokens(said.tokensin) as input,
            tokens(said.tokensout) as output,
            tokens(said.cachereads) as cache_read,
            tokens(said.cachewrites) as cache_write
        from records
    ),
    -- Roo names the protocol. Older versions leave Anthropic's cache out of the input, and one request that
    -- shows it tells it of the whole task.
    tasks as (
        select
            *,
            min(started) over (partition by file_id) as begun,
            max(said.apiprotocol) over (partition by file_id) is not null as is_roo,
            case
                when said.apiprotocol is null
                then 'exclusive'
                when said.apiprotocol = 'openai'
                then 'inclusive'
                when
                    bool_or(
                        said.apiprotocol = 'anthropic' and input < cache_tokens(cache_read, cache_write)
                    ) over (partition by file_id)
                then 'exclusive'
                else 'unknown'
            end as input_basis
        from messages
    ),
    counted as (
        select
            *,
            case
                when not coalesce(is_usage, false) and not is_summary
                then 'not a model call'
                when is_usage and input is null and output is null
                then 'no usage in the message'
                when
                    is_usage
                    and coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) = 0
                    and said.cancelreason is null
                then 'no usage in the message'
            end as passed_over,
            coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) > 0 as is_counted,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                input_basis := input_basis
            ) as used
        from tasks
    )
select
    passed_over,
    concat(say, '-', epoch_ms(started)) as request_id,
    printf('task-%d', epoch_ms(begun)) as session_id,
    hash('cline', begun, started, say) as dedupe_key,
    file_id,
    case when passed_over is null then required(started, 'ts') end as started_at,
    case when is_roo then 'roo_code' else 'cline' end as gateway,
    -- what Cline calls "openai" is any service that speaks OpenAI's API
    case
        modelinfo.providerid
        when 'openai'
        then null
        when 'openai-native'
        then 'openai'
        when 'claude-code'
        then 'anthropic'
        when 'vertex'
        then 'gcp.vertex_ai'
        else agent_provider(modelinfo.providerid)
    end as provider_name,
    modelinfo.modelid as response_model,
    'chat' as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    -- the sum of what was deleted, or of what subagents used, is of several calls
    case
        when say in ('deleted_api_reqs', 'subagent_usage') then 'run' else coalesce(used.basis, 'exclusive')
    end as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case
        said.cancelreason
        when 'user_cancelled'
        then 'cancelled'
        when 'streaming_failed'
        then 'error'
        else 'ok'
    end as status,
    case when said.cancelreason = 'streaming_failed' then 'streaming_failed' end as error_type,
    case when modelinfo.mode <> '' then [modelinfo.mode] end as tags,
    -- 0 is written where a plan pays, or the price is not known
    nullif(cast(coalesce(said.cost, contextcondense.cost) as decimal(18, 12)), 0) as reported_cost_usd
from counted
