/*
title: Envoy AI Gateway access log
answers: The JSON access log with the gateway's model and token fields, one row per request of a client.
source: envoyproxy/ai-gateway site/docs/capabilities/observability/accesslogs.md
recognise:
  - {start_time: , gen_ai.request.model: , response_code: }
  - {start_time: , gen_ai.usage.input_tokens: , response_code: }
  - {start_time: , genai_model_name: , genai_tokens_input: }
macros: [gateways]
required: [start_time]
columns:
  start_time: text
  duration: text
  response_code: text
  response_flags: text
  :authority: text
  method: text
  x-envoy-origin-path: text
  x-request-id: text
  route_name: text
  session.id: text
  user.id: text
  upstream_request_attempt_count: text
  gen_ai.operation.name: text
  gen_ai.provider.name: text
  gen_ai.request.model: text
  gen_ai.request.model_override: text
  gen_ai.response.model: text
  gen_ai.usage.input_tokens: text
  gen_ai.usage.output_tokens: text
  gen_ai.usage.total_tokens: text
  gen_ai.usage.cache_read.input_tokens: text
  gen_ai.usage.cache_read_input_tokens: text
  gen_ai.usage.cached_input_tokens: text
  gen_ai.usage.cache_creation.input_tokens: text
  gen_ai.usage.cache_creation_input_tokens: text
  gen_ai.usage.cache_write.input_tokens: text
  gen_ai.usage.reasoning_tokens: text
  gen_ai.usage.reasoning.output_tokens: text
  genai_backend_name: text
  genai_model_name: text
  genai_model_name_override: text
  genai_tokens_input: text
  genai_tokens_output: text
  genai_tokens_total: text
passes_over: [not a model call]
has_ids: false
*/
with
    -- "-" is Envoy's word for nothing
    named as (
        select
            *,
            coalesce(nullif("gen_ai.request.model", '-'), nullif(genai_model_name, '-')) as asked_model,
            coalesce(
                nullif("gen_ai.request.model_override", '-'), nullif(genai_model_name_override, '-')
            ) as override_model,
            nullif("gen_ai.response.model", '-') as answered_model,
            coalesce(nullif("gen_ai.provider.name", '-'), nullif(genai_backend_name, '-')) as backend,
            nullif("x-request-id", '-') as id,
            nullif(response_flags, '-') as flags,
            try_cast(response_code as smallint) as code,
            nullif("x-envoy-origin-path", '-') as path
        from records
    ),
    counted as (
        select
            *,
            required(utc(nullif(start_time, '-')), 'start_time') as started,
            tokens(
                coalesce(nullif("gen_ai.usage.input_tokens", '-'), nullif(genai_tokens_input, '-'))
            ) as input,
            tokens(
                coalesce(nullif("gen_ai.usage.output_tokens", '-'), nullif(genai_tokens_output, '-'))
            ) as output,
            tokens(
                coalesce(nullif("gen_ai.usage.total_tokens", '-'), nullif(genai_tokens_total, '-'))
            ) as total,
            tokens(
                coalesce(
                    nullif("gen_ai.usage.cache_read.input_tokens", '-'),
                    nullif("gen_ai.usage.cache_read_input_tokens", '-'),
                    nullif("gen_ai.usage.cached_input_tokens", '-')
                )
            ) as cache_read,
            tokens(
                coalesce(
                    nullif("gen_ai.usage.cache_creation.input_tokens", '-'),
                    nullif("gen_ai.usage.cache_creation_input_tokens", '-'),
                    nullif("gen_ai.usage.cache_write.input_tokens", '-')
                )
            ) as cache_write,
            tokens(
                coalesce(
                    nullif("gen_ai.usage.reasoning.output_tokens", '-'),
                    nullif("gen_ai.usage.reasoning_tokens", '-')
                )
            ) as reasoning,
            coalesce(
                nullif("gen_ai.operation.name", '-'),
                case
                    when contains(path, '/embeddings')
                    then 'embeddings'
                    when contains(path, '/images/')
                    then 'image_generation'
                    when contains(path, '/completions') and not contains(path, '/chat/')
                    then 'text_completion'
                    else 'chat'
                end
            ) as operation
        from named
    ),
    resolved as (
        select
            *,
            case when operation = 'embeddings' then coalesce(output, 0) else output end as answered,
            -- the gateway adds Anthropic's and Bedrock's cache to their input itself
            resolve_usage(
                input,
                answered,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total
            ) as used,
            row_number() over (
                partition by file_id, id, started, asked_model, input, output, duration
            ) as copy,
            -- the client hung up (DC), or there was no answer at all
            case
                when contains(flags, 'DC') or code = 0
                then 'cancelled'
                when code >= 400 or flags is not null
                then 'error'
                else 'ok'
            end as outcome
        from counted
    )
select
    coalesce(
        id, printf('envoy-%016x-%d', hash(content_key, started, asked_model, input, output, duration), copy)
    ) as request_id,
    nullif("session.id", '-') as session_id,
    case
        when id is not null
        then hash('envoy', id, epoch_us(started))
        else hash('envoy', content_key, epoch_us(started), asked_model, input, output, duration, copy)
    end as dedupe_key,
    file_id,
    started as started_at,
    after_ms(started, try_cast(duration as double)) as ended_at,
    'envoy_ai_gateway' as gateway,
    -- the name is the backend's path in the cluster, no vendor
    otel_provider(case when not contains(backend, '/') then backend end, ":authority") as provider_name,
    coalesce(override_model, asked_model) as request_model,
    case when override_model is not null then asked_model end as model_group,
    answered_model as response_model,
    backend as deployment_id,
    operation as operation_name,
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
    false as is_batch,
    outcome as status,
    nullif(code, 0) as http_status_code,
    -- RL: its rate limit, UAEX: its external authorization
    case
        when outcome = 'error' and list_has_any(string_split(flags, ','), ['RL', 'UAEX'])
        then 'refused_by_gateway'
        when outcome <> 'ok'
        then otel_word(flags)
    end as error_type,
    try_cast(upstream_request_attempt_count as integer) - 1 as retry_count,
    nullif("user.id", '-') as user_id,
    case
        when asked_model is null and answered_model is null and input is null then 'not a model call'
    end as passed_over
from resolved
