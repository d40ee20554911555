/*
title: New API and One API logs
answers: Rows of the table `logs` of new-api, one-api and their forks, from the database or the console's API, one per call; quota is 1/500,000 USD.
source: QuantumNous/new-api model/log.go and service/log_info_generate.go; songquanpeng/one-api model/log.go; rows in public repositories
tables: [logs]
recognise:
  - {quota: , prompt_tokens: , completion_tokens: , model_name: , token_name: }
  - {quota: , prompt_tokens: , completion_tokens: , model_name: , token_name: , channel: , type: , created_at: }
  - {quota: , prompt_tokens: , completion_tokens: , model_name: , token_name: , channel_id: , type: , created_at: }
macros: [gateways, langfuse]
required: [created_at]
columns:
  id: tokens
  request_id: text
  user_id: text
  username: text
  created_at: time
  type: text
  content: text
  token_name: text
  token_id: text
  model_name: text
  quota: number
  prompt_tokens: tokens
  completion_tokens: tokens
  use_time: number
  elapsed_time: number
  request_time: number
  is_stream: text
  channel: text
  channel_id: text
  channel_name: text
  group: text
  other: json
  metadata: json
passes_over: [not a model call, a correction of a cost]
*/
with
    opened as (
        select
            *,
            json_object_in(other) as o,
            json_object_in(metadata) as m,
            tokens(id) as number,
            -- a database writes a truth as a number
            flag(case is_stream when '1' then 'true' when '0' then 'false' else is_stream end) as is_streamed,
            required(utc(created_at), 'created_at') as written_at,
            -- seconds in new-api, milliseconds in one-api and one-hub
            coalesce(use_time * 1000, elapsed_time, request_time) as took_ms,
            tokens(coalesce(o ->> 'input_tokens_total', prompt_tokens)) as input,
            tokens(completion_tokens) as output,
            tokens(
                coalesce(o ->> 'cache_tokens', m ->> 'cached_read_tokens', m ->> 'cached_tokens')
            ) as cache_read,
            tokens(o ->> 'cache_creation_tokens_5m') as write_5m,
            tokens(o ->> 'cache_creation_tokens_1h') as write_1h,
            tokens(
                coalesce(
                    o ->> 'cache_creation_tokens', o ->> 'cache_write_tokens', m ->> 'cached_write_tokens'
                )
            ) as written,
            tokens(m ->> 'reasoning_tokens') as reasoning,
            -- Anthropic's count, as it came, leaves the cache out
            case
                when
                    (o ->> 'input_tokens_total') is null
                    and ((o ->> 'usage_semantic') = 'anthropic' or (o ->> 'claude') = 'true')
                then 'exclusive'
                else 'inclusive'
            end as habit,
            case
                when type not in ('2', '5')
                then 'not a model call'
                -- of a task whose cost is known later
                when (o ->> 'pre_consumed') is not null
                then 'a correction of a cost'
            end as passed_over
        from records
    ),
    summed as (
        select *, greatest(written, coalesce(write_5m + write_1h, write_5m, write_1h)) as cache_write
        from opened
    ),
    counted as (
        select
            *,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                input_basis := habit
            ) as used,
            type = '2' and coalesce(input, 0) + cache_tokens(cache_read, cache_write) > 0 as is_counted,
            after_ms(written_at, - coalesce(took_ms, 0)) as started_at,
            coalesce(
                path_operation(o ->> 'request_path'),
                case when contains(lower(model_name), 'embed') then 'embeddings' else 'chat' end
            ) as operation
        from summed
        where passed_over is null
    )
select
    coalesce(
        nullif(request_id, ''), cast(number as varchar), printf('%d', epoch_ms(written_at))
    ) as request_id,
    -- what a user sees has the id modulo 1,024
    hash(
        'new-api', number % 1024, written_at, username, token_name, model_name, input, output, quota, took_ms
    ) as dedupe_key,
    file_id,
    started_at,
    case
        when is_streamed and try_cast(o ->> 'frt' as double) > 0
        then after_ms(started_at, try_cast(o ->> 'frt' as double))
    end as first_token_at,
    case when took_ms is not null then written_at end as ended_at,
    'new-api' as gateway,
    nullif(model_name, '') as request_model,
    nullif(o ->> 'upstream_model_name', '') as response_model,
    coalesce(nullif(channel_name, ''), nullif(coalesce(channel, channel_id), '0')) as deployment_id,
    operation as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then cache_read end as cache_read_input_tokens,
    case when is_counted then cache_write end as cache_write_input_tokens,
    case when is_counted then write_5m end as cache_write_5m_input_tokens,
    case when is_counted then write_1h end as cache_write_1h_input_tokens,
    case when is_counted then tokens(o ->> 'audio_input') end as input_audio_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    case when is_counted then reasoning end as reasoning_output_tokens,
    case when is_counted then tokens(o ->> 'audio_output') end as output_audio_tokens,
    tokens(o ->> 'web_search_call_count') as web_search_requests,
    case
        when not is_counted
        then 'missing'
        -- the gateway counted, since the provider did not say
        when (o ->> '$.admin_info.local_count_tokens') = 'true'
        then 'gateway_estimate'
        else 'provider'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case when type = '5' then 'error' else 'ok' end as status,
    try_cast(o ->> 'status_code' as smallint) as http_status_code,
    label(coalesce(o ->> 'error_code', o ->> 'error_type')) as error_type,
    is_streamed as is_stream,
    nullif(token_id, '0') as api_key_id,
    nullif(token_name, '') as api_key_alias,
    coalesce(nullif(username, ''), user_id) as user_id,
    case when "group" <> '' then [concat('group:', "group")] end as tags,
    cast(case when type = '2' then quota / 500000 end as decimal(18, 12)) as reported_cost_usd,
    cast(null as varchar) as passed_over
from counted
union all by name
select passed_over
from opened
where passed_over is not null
