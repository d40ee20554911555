/*
title: Anthropic Messages responses
answers: Response bodies of the Messages API as JSONL; input_tokens leaves the cache out, so the total is the sum of three.
source: Anthropic Messages API; vercel/ai and pydantic-ai recorded bodies
recognise:
  - {type: message, usage: }
required: [type, usage]
columns:
  id: text
  type: text
  model: text
  stop_reason: text
  timestamp: time
  created_at: time
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
  content: content
has_ids: false
*/
with
    messages as (
        select
            *,
            coalesce(utc("timestamp"), utc(created_at)) as logged_at,
            usage.iterations as iterations,
            row_number() over (partition by content_key, id, usage order by file_id) as copy
        from records
        where required(type, 'type') = 'message' or error('type is not message')
    ),
    -- The top-level usage is the last turn's alone: compaction, advisors and failed first models only stand
    -- in the
    -- iterations, each at its own model's price. So they are what is counted, one request per model.
    turns as (
        select
            *,
            unnest(
                case
                    when len(iterations) > 0
                    then iterations
                    else
                        [
                            {
                                model:cast(null as varchar),
                                input_tokens:required(usage.input_tokens, 'usage.input_tokens'),
                                cache_read_input_tokens:usage.cache_read_input_tokens,
                                cache_creation_input_tokens:usage.cache_creation_input_tokens,
                                cache_creation:usage.cache_creation,
                                output_tokens:required(usage.output_tokens, 'usage.output_tokens')
                            }
                        ]
                end
            ) as turn
        from messages
    )
select
    concat(
        coalesce(id, printf('anthropic-%x-%d', hash(content_key, usage), copy)),
        case when turn.model <> model then concat('#', turn.model) else '' end
    ) as request_id,
    id as response_id,
    id as trace_id,
    case
        when id is null
        then hash('anthropic', content_key, usage, copy, turn.model)
        else hash('anthropic', id, coalesce(turn.model, model))
    end as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'anthropic' as provider_name,
    coalesce(turn.model, model) as response_model,
    'chat' as operation_name,
    sum(tokens(turn.input_tokens))
    + coalesce(sum(tokens(turn.cache_read_input_tokens)), 0)
    + coalesce(sum(tokens(turn.cache_creation_input_tokens)), 0) as input_tokens,
    sum(tokens(turn.cache_read_input_tokens)) as cache_read_input_tokens,
    sum(tokens(turn.cache_creation_input_tokens)) as cache_write_input_tokens,
    sum(tokens(turn.cache_creation.ephemeral_5m_input_tokens)) as cache_write_5m_input_tokens,
    sum(tokens(turn.cache_creation.ephemeral_1h_input_tokens)) as cache_write_1h_input_tokens,
    sum(tokens(turn.output_tokens)) as output_tokens,
    case
        when coalesce(turn.model, model) = model then tokens(usage.output_tokens_details.thinking_tokens)
    end as reasoning_output_tokens,
    case
        when coalesce(turn.model, model) = model then tokens(usage.server_tool_use.web_search_requests)
    end as web_search_requests,
    'provider' as usage_source,
    case when len(iterations) > 0 then 'iterations' else 'exclusive' end as usage_basis,
    usage.service_tier as service_tier,
    usage.speed as speed,
    usage.inference_geo as inference_geo,
    usage.service_tier is not distinct from 'batch' as is_batch,
    'ok' as status,
    stop_reason as finish_reason
from turns
group by all
