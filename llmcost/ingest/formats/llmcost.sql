/*
# over 200 lines: every column that there is
title: llmcost's own
answers: What to write if your gateway is home-made, and what --map turns other logs into; one request per line, keys as in docs/formats.md.
source: docs/formats.md
recognise:
  - {llmcost: [1, "1"]}
  - {llmcost: [1, "1"], started_at: , request_model: }
  - {started_at: , input_tokens: , output_tokens: }
  - {started_at: , input_tokens: , request_model: }
  - {started_at: , request_model: , status: }
macros: [llmcost]
required: [started_at]
columns:
  request_id: text
  response_id: text
  trace_id: text
  span_id: text
  parent_span_id: text
  session_id: text
  logical_request_id: text
  attempt_number: tokens
  retry_count: tokens
  fallback_index: tokens
  started_at: time
  first_token_at: time
  time_to_first_token_ms: number
  ended_at: time
  duration_ms: number
  gateway: text
  emitter_version: text
  provider_name: text
  request_model: text
  response_model: text
  model_group: text
  deployment_id: text
  region: text
  operation_name: text
  input_tokens: tokens
  cache_read_input_tokens: tokens
  cache_write_input_tokens: tokens
  cache_write_5m_input_tokens: tokens
  cache_write_1h_input_tokens: tokens
  input_audio_tokens: tokens
  input_image_tokens: tokens
  cache_read_audio_tokens: tokens
  cache_read_image_tokens: tokens
  output_tokens: tokens
  reasoning_output_tokens: tokens
  output_audio_tokens: tokens
  output_image_tokens: tokens
  total_tokens_reported: tokens
  web_search_requests: tokens
  file_search_requests: tokens
  x_search_requests: tokens
  code_interpreter_requests: tokens
  billed_unit: text
  billed_units: tokens
  usage_source: text
  input_basis: text
  is_sum: flag
  service_tier: text
  speed: text
  inference_geo: text
  search_context_size: text
  is_batch: flag
  status: text
  http_status_code: tokens
  error_type: text
  finish_reason: text
  is_stream: flag
  api_key_id: text
  api_key_alias: text
  team_id: text
  team_alias: text
  project_id: text
  organization_id: text
  user_id: text
  end_user_id: text
  tags: json
  case_id: text
  case_run: text
  gateway_cache_hit: flag
  reported_cost_usd: number
  max_tokens_requested: tokens
  temperature: number
  response_choices: tokens
  system: content
  messages: content
  tools: content
  output: content
  embedding_input: content
  prompt_hash: text
  system_prompt_hash: text
  system_prompt_chars: tokens
  input_chars: tokens
  prefix_hashes: texts
  prefix_chars: texts
  output_hash: text
  output_chars: tokens
  embedding_item_hashes: texts
  embedding_item_chars: texts
  embedding_dimensions: tokens
has_ids: false
*/
with
    counted as (
        select
            * replace (required(utc(started_at), 'started_at') as started_at),
            coalesce(utc(ended_at), after_ms(utc(started_at), duration_ms)) as ended,
            tokens(input_tokens) as input,
            tokens(cache_read_input_tokens) as cache_read,
            coalesce(
                tokens(cache_write_input_tokens),
                tokens(cache_write_5m_input_tokens) + tokens(cache_write_1h_input_tokens),
                tokens(cache_write_5m_input_tokens),
                tokens(cache_write_1h_input_tokens)
            ) as cache_write,
            coalesce(
                nullif(operation_name, ''),
                case
                    when coalesce(embedding_input, embedding_item_hashes[1], embedding_dimensions) is not null
                    then 'embeddings'
                    else 'chat'
                end
            ) as operation,
            tokens(reasoning_output_tokens) as reasoning,
            tokens(total_tokens_reported) as total,
            said_basis(input_basis) as basis_said,
            -- the price of an embedding has no output, and few say 0
            coalesce(
                tokens(output_tokens), case when operation = 'embeddings' and input_tokens <> '' then 0 end
            ) as output_total,
            coalesce(
                named_outcome(nullif("status", '')),
                outcome_of_code(tokens(http_status_code)),
                case when nullif(error_type, '') is not null then 'error' else 'ok' end
            ) as outcome
        from records
    ),
    based as (
        select
            *,
            resolve_usage(
                input,
                output_total,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := basis_said
            ) as used,
            -- an input of 0 with an answer is not a count, since nothing can be answered without input,
            -- unless the log says that the provider counted so: some bill a video in other units
            coalesce(input, 0) + cache_tokens(cache_read, cache_write) = 0
            and not (usage_source is not distinct from 'provider' and input = 0) as has_no_usage,
            prompt_parts("system", tools, messages) as sent,
            embedding_texts(embedding_input) as items,
            -- what a record is where it has no id: the copies in one file are distinct, the same file under
            -- another name is the same
            hash(
                started_at,
                request_model,
                response_model,
                "operation",
                input,
                cache_read,
                cache_write,
                output_total,
                outcome,
                ended,
                trace_id,
                span_id,
                session_id,
                api_key_id,
                user_id,
                end_user_id
            ) as fingerprint
        from counted
    ),
    numbered as (
        select
            *,
            row_number() over (partition by file_id, request_id, fingerprint order by started_at) as copy,
            coalesce(nullif(request_id, ''), printf('llmcost-%016x-%d', fingerprint, copy)) as id
        from based
    )
select
    id as request_id,
    response_id,
    trace_id,
    span_id,
    parent_span_id,
    session_id,
    logical_request_id,
    tokens(attempt_number) as attempt_number,
    tokens(retry_count) as retry_count,
    tokens(fallback_index) as fallback_index,
    hash('llmcost', gateway, id, tokens(attempt_number), started_at) as dedupe_key,
    file_id,
    started_at,
    coalesce(utc(first_token_at), after_ms(started_at, time_to_first_token_ms)) as first_token_at,
    ended as ended_at,
    gateway,
    emitter_version,
    nullif(provider_name, '') as provider_name,
    nullif(request_model, '') as request_model,
    nullif(response_model, '') as response_model,
    model_group,
    deployment_id,
    region,
    "operation" as operation_name,
    case when not has_no_usage then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    tokens(cache_write_5m_input_tokens) as cache_write_5m_input_tokens,
    tokens(cache_write_1h_input_tokens) as cache_write_1h_input_tokens,
    tokens(input_audio_tokens) as input_audio_tokens,
    tokens(input_image_tokens) as input_image_tokens,
    tokens(cache_read_audio_tokens) as cache_read_audio_tokens,
    tokens(cache_read_image_tokens) as cache_read_image_tokens,
    case when has_no_usage then nullif(output_total, 0) else used.output_tokens end as output_tokens,
    tokens(reasoning_output_tokens) as reasoning_output_tokens,
    tokens(output_audio_tokens) as output_audio_tokens,
    tokens(output_image_tokens) as output_image_tokens,
    tokens(total_tokens_reported) as total_tokens_reported,
    tokens(web_search_requests) as web_search_requests,
    tokens(file_search_requests) as file_search_requests,
    tokens(x_search_requests) as x_search_requests,
    tokens(code_interpreter_requests) as code_interpreter_requests,
    billed_unit,
    tokens(billed_units) as billed_units,
    case when has_no_usage then 'missing' else said_source(usage_source) end as usage_source,
    -- a sum of several calls tells of none how large it was
    case when flag(is_sum) then 'run' else used.basis end as usage_basis,
    used.evidence as usage_evidence,
    nullif(service_tier, '') as service_tier,
    nullif(speed, '') as speed,
    nullif(inference_geo, '') as inference_geo,
    nullif(search_context_size, '') as search_context_size,
    coalesce(flag(is_batch), service_tier is not distinct from 'batch') as is_batch,
    outcome as "status",
    tokens(http_status_code) as http_status_code,
    label(error_type) as error_type,
    label(finish_reason) as finish_reason,
    flag(is_stream) as is_stream,
    nullif(api_key_id, '') as api_key_id,
    nullif(api_key_alias, '') as api_key_alias,
    nullif(team_id, '') as team_id,
    nullif(team_alias, '') as team_alias,
    nullif(project_id, '') as project_id,
    nullif(organization_id, '') as organization_id,
    nullif(user_id, '') as user_id,
    nullif(end_user_id, '') as end_user_id,
    tag_list(tags) as tags,
    nullif(case_id, '') as case_id,
    nullif(case_run, '') as case_run,
    flag(gateway_cache_hit) as gateway_cache_hit,
    cast(reported_cost_usd as decimal(18, 12)) as reported_cost_usd,
    tokens(max_tokens_requested) as max_tokens_requested,
    temperature,
    tokens(response_choices) as response_choices,
    coalesce(keyed(prompt_hash), prompt_hash_of(sent)) as prompt_hash,
    coalesce(printf('%016x', keyed(system_prompt_hash)), system_prompt_hash_of(sent)) as system_prompt_hash,
    coalesce(tokens(system_prompt_chars), system_prompt_chars_of(sent)) as system_prompt_chars,
    coalesce(tokens(input_chars), input_chars_of(sent)) as input_chars,
    coalesce(hashed(prefix_hashes), prefix_hashes_of(sent)) as prefix_hashes,
    coalesce(list_transform(prefix_chars, lambda size:tokens(size)), prefix_chars_of(sent)) as prefix_chars,
    coalesce(keyed(output_hash), output_hash_of("output")) as output_hash,
    coalesce(tokens(output_chars), chars("output")) as output_chars,
    coalesce(hashed(embedding_item_hashes), hashed(items)) as embedding_item_hashes,
    coalesce(
        list_transform(embedding_item_chars, lambda size:tokens(size)), sized(items)
    ) as embedding_item_chars,
    tokens(embedding_dimensions) as embedding_dimensions
from numbered
