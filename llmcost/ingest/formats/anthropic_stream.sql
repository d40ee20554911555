/*
title: Anthropic stream events
answers: The events of streamed Messages as JSONL, in their order; of the usage, which grows from event to event, the last counts.
source: Anthropic Messages API, streaming
recognise:
  - {type: message_start, message: {id: , usage: }}
  - {type: message_delta, delta: , usage: }
  - {type: [content_block_start, content_block_delta, content_block_stop], index: }
macros: [anthropic]
required: [type]
columns:
  type: text
  timestamp: time
  message:
    id: text
    model: text
    usage:
      input_tokens: tokens
      cache_read_input_tokens: tokens
      cache_creation_input_tokens: tokens
      cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
      output_tokens: tokens
      service_tier: text
      speed: text
      inference_geo: text
  delta: {stop_reason: text}
  error: {type: text}
  usage:
    input_tokens: tokens
    cache_read_input_tokens: tokens
    cache_creation_input_tokens: tokens
    output_tokens: tokens
    output_tokens_details: {thinking_tokens: tokens}
    server_tool_use: {web_search_requests: tokens}
    iterations:
      - model: text
        input_tokens: tokens
        cache_read_input_tokens: tokens
        cache_creation_input_tokens: tokens
        cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
        output_tokens: tokens
passes_over:
  - a stream event without usage
  - usage that a later event replaces
  - usage of a message whose beginning is not there
has_ids: false
*/
with
    -- Only the first event names its message: the place of the others says whose they are.
    events as (select *, row_number() over () as place, utc("timestamp") as seen_at from records),
    placed as (
        select
            *,
            count(message.id) over (
                partition by file_id order by place rows between unbounded preceding and current row
            ) as number
        from events
    ),
    streams as (
        select
            *,
            first_value(message) over in_order as begun,
            min(place) over stream as first_place,
            max(case when type = 'message_delta' and usage is not null then place end) over stream
            as last_place,
            count(delta.stop_reason) over stream as ends,
            min(seen_at) over stream as started,
            min(seen_at) filter (where type = 'content_block_delta') over stream as first_token,
            max(seen_at) filter (where type = 'message_stop') over stream as ended,
            last_value(delta.stop_reason ignore nulls) over in_order as stop_reason,
            max(error.type) over stream as failure
        from placed
        window
            stream as (partition by file_id, number),
            in_order as (
                partition by file_id, number
                order by place
                rows between unbounded preceding and unbounded following
            )
    ),
    sorted_events as (
        select
            *,
            case
                when
                    type not in ('message_start', 'message_delta')
                    or (type = 'message_delta' and usage is null)
                then 'a stream event without usage'
                when number = 0
                then 'usage of a message whose beginning is not there'
                when place <> coalesce(last_place, first_place)
                then 'usage that a later event replaces'
            end as passed_over,
            -- two messages ended where one had begun: their events are mixed, and nothing says which is whose
            ends <> 1 and max(ends) over (partition by file_id) > 1 as is_mixed,
            anthropic_turns(
                {
                    input_tokens:coalesce(usage.input_tokens, begun.usage.input_tokens),
                    cache_read_input_tokens:coalesce(
                        usage.cache_read_input_tokens, begun.usage.cache_read_input_tokens
                    ),
                    cache_creation_input_tokens:coalesce(
                        usage.cache_creation_input_tokens, begun.usage.cache_creation_input_tokens
                    ),
                    cache_creation:begun.usage.cache_creation,
                    output_tokens:coalesce(usage.output_tokens, begun.usage.output_tokens),
                    iterations:usage.iterations
                }
            ) as turns
        from streams
    ),
    calls as (
        select
            *,
            unnest(
                anthropic_calls(begun.model, case when passed_over is null then turns else turns[:1] end)
            ) as call
        from sorted_events
    ),
    counted as (
        select
            *,
            call.model is not distinct from begun.model as is_main,
            resolve_usage(
                call.input,
                call.output,
                cache_read := call.cache_read,
                cache_write := call.cache_write,
                input_basis := 'exclusive'
            ) as used
        from calls
    )
select
    passed_over,
    begun.id || anthropic_suffix(call.model, begun.model) as request_id,
    begun.id as response_id,
    begun.id as trace_id,
    anthropic_key(begun.id, call.model) as dedupe_key,
    file_id,
    coalesce(started, modified_at) as started_at,
    started is null as is_file_time,
    first_token as first_token_at,
    ended as ended_at,
    anthropic_provider(begun.id) as provider_name,
    call.model as response_model,
    'chat' as operation_name,
    case when is_counted(used) then used.input_tokens end as input_tokens,
    call.cache_read as cache_read_input_tokens,
    call.cache_write as cache_write_input_tokens,
    call.write_5m as cache_write_5m_input_tokens,
    call.write_1h as cache_write_1h_input_tokens,
    case when is_counted(used) then used.output_tokens end as output_tokens,
    case when is_main then tokens(usage.output_tokens_details.thinking_tokens) end as reasoning_output_tokens,
    case when is_main then tokens(usage.server_tool_use.web_search_requests) end as web_search_requests,
    case
        when is_counted(used) and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    case when len(usage.iterations) > 0 then 'iterations' else used.basis end as usage_basis,
    case when is_mixed then 'ambiguous' else used.evidence end as usage_evidence,
    begun.usage.service_tier as service_tier,
    begun.usage.speed as speed,
    begun.usage.inference_geo as inference_geo,
    false as is_batch,
    case
        when failure is not null then 'error' when ends = 0 and not is_mixed then 'cancelled' else 'ok'
    end as status,
    code_word(failure) as error_type,
    code_word(stop_reason) as finish_reason,
    true as is_stream
from counted
