/*
# over 200 lines: JSON columns may be JSON or text
title: LiteLLM_SpendLogs
answers: The proxy's spend table, exported from its database or caught in a callback; JSON columns may be JSON or text.
source: BerriAI/litellm schema.prisma, model LiteLLM_SpendLogs; read with 1.80.11
recognise:
  - {request_id: , spend: , call_type: , startTime: }
macros: [choices, openai, litellm]
required: [request_id, call_type, startTime]
columns:
  request_id: text
  session_id: text
  call_type: text
  status: text
  cache_hit: flag
  custom_llm_provider: text
  startTime: time
  completionStartTime: time
  endTime: time
  model: text
  model_group: text
  model_id: text
  prompt_tokens: tokens
  completion_tokens: tokens
  total_tokens: tokens
  spend: number
  request_tags: json
  end_user: text
  api_key: text
  team_id: text
  organization_id: text
  user: text
  metadata: json
  messages: content
  response: json
  proxy_server_request: json
parsed:
  meta:
    from: metadata
    columns:
      status: text
      attempted_retries: tokens
      attempted_fallbacks: tokens
      test_case: text
      test_run: text
      spend_logs_metadata: {test_case: text, test_run: text}
      user_api_key_alias: text
      user_api_key_team_alias: text
      user_api_key_project_id: text
      model_map_information: {model_map_key: text}
      error_information: {error_code: text, error_class: text, error_message: text}
      usage_object:
        service_tier: text
        cache_read_input_tokens: tokens
        cache_creation_input_tokens: tokens
        server_tool_use: {web_search_requests: tokens}
        num_sources_used: tokens
        pages_processed: tokens
        seconds: number
        prompt_tokens_details:
          cached_tokens: tokens
          audio_tokens: tokens
          image_tokens: tokens
          web_search_requests: tokens
          google_maps_grounding_requests: tokens
          cache_write_tokens: tokens
          cache_creation_tokens: tokens
          cache_creation_token_details: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
        completion_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens, image_tokens: tokens, accepted_prediction_tokens: tokens}
  answer:
    from: response
    columns: {background: flag, choices: [{finish_reason: text, message: {content: text, tool_calls: text}}], content: text, stop_reason: text}
  tools: {from: response, columns: {output: [{type: text, container_id: text, action: {type: text}}]}}
  made: {from: response, columns: {data: [json], usage_info: {pages_processed: tokens}, usage: {seconds: number, server_side_tool_usage_details: {x_search_calls: tokens}}}}
  asked:
    from: proxy_server_request
    columns: {messages: text, input: text, tools: text, tool_choice: text, response_format: text, text: text, dimensions: tokens, max_tokens: tokens, temperature: number}
passes_over: [not a model call]
*/
with
    detailed as (
        select
            *,
            meta.usage_object as usage,
            meta.usage_object.prompt_tokens_details as input_details,
            meta.usage_object.completion_tokens_details as output_details,
            coalesce(meta.status, status, 'success') as outcome
        from records
    ),
    counted as (
        select
            *,
            coalesce(flag(cache_hit), false) as is_hit,
            -- only a streamed answer logs 'False'; everything else logs 'None' or 'True'
            completionstarttime <> endtime as is_stream,
            tokens(prompt_tokens) as input,
            tokens(completion_tokens) as output,
            tokens(total_tokens) as total,
            tokens(output_details.reasoning_tokens) as reasoning,
            tokens(input_details.audio_tokens) as input_audio,
            tokens(input_details.image_tokens) as input_image,
            tokens(coalesce(usage.cache_read_input_tokens, input_details.cached_tokens)) as cache_read,
            tokens(
                coalesce(
                    usage.cache_creation_input_tokens,
                    input_details.cache_creation_tokens,
                    input_details.cache_write_tokens
                )
            ) as cache_write,
            litellm_usage_source(
                completionstarttime <> endtime and custom_llm_provider in ('openai', 'azure'),
                input_details is null,
                output_details.reasoning_tokens,
                output_details.accepted_prediction_tokens
            ) as source
        from detailed
    ),
    based as (
        select
            *,
            litellm_billed(
                coalesce(input + output, 0),
                usage,
                input_details.google_maps_grounding_requests,
                made,
                model,
                call_type
            ) as billed,
            litellm_called(tools.output, input_details, usage, made, model) as called,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total
            ) as used,
            -- `{}` where the proxy does not keep prompts
            nullif(coalesce(nullif(messages, '{}'), asked.messages), '{}') as asked_messages,
            coalesce(
                answer.choices[1].message.content, answer.choices[1].message.tool_calls, answer.content
            ) as answered
        from counted
    ),
    hashed_content as (
        select
            *,
            prompt_parts(null, asked.tools, litellm_chat(asked_messages, call_type)) as sent,
            embedding_texts(litellm_embedded(asked_messages, asked.input, call_type)) as items
        from based
    )
select
    litellm_passed_over(call_type, answer.background) as passed_over,
    request_id,
    session_id as trace_id,  -- the payload's trace_id is stored under this name
    tokens(meta.attempted_retries) + 1 as attempt_number,
    tokens(meta.attempted_fallbacks) as fallback_index,
    coalesce(meta[case_key()], meta.spend_logs_metadata[case_key()]) as case_id,
    coalesce(meta.test_run, meta.spend_logs_metadata.test_run) as case_run,
    litellm_key(request_id, is_hit, utc(starttime)) as dedupe_key,
    file_id,
    required(utc(starttime), 'startTime') as started_at,
    case when is_stream then utc(completionstarttime) end as first_token_at,
    utc(endtime) as ended_at,
    'litellm' as gateway,
    nullif(custom_llm_provider, '') as provider_name,
    nullif(model, '') as request_model,
    nullif(model_group, '') as model_group,
    nullif(model_id, '') as deployment_id,
    litellm_operation(required(call_type, 'call_type')) as operation_name,
    case when input + output > 0 then used.input_tokens when billed.is_all then 0 end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    tokens(
        input_details.cache_creation_token_details.ephemeral_5m_input_tokens
    ) as cache_write_5m_input_tokens,
    tokens(
        input_details.cache_creation_token_details.ephemeral_1h_input_tokens
    ) as cache_write_1h_input_tokens,
    input_audio as input_audio_tokens,
    image_part(
        input_image, null, input_audio, null, used.input_tokens, cache_read, cache_write
    ) as input_image_tokens,
    case when input + output > 0 then used.output_tokens when billed.is_all then 0 end as output_tokens,
    tokens(output_details.reasoning_tokens) as reasoning_output_tokens,
    tokens(output_details.audio_tokens) as output_audio_tokens,
    tokens(output_details.image_tokens) as output_image_tokens,
    tokens(total_tokens) as total_tokens_reported,
    called.searches as web_search_requests,
    called.file_searches as file_search_requests,
    called.x_searches as x_search_requests,
    called.containers as code_interpreter_requests,
    billed.unit as billed_unit,
    billed.units as billed_units,
    case
        when called.has_drawn or (contains(call_type, 'speech') and output = 0)
        then 'missing'
        when input + output > 0
        then source
        when billed.is_all
        then 'provider'
        else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    usage.service_tier as service_tier,
    litellm_zone(meta.model_map_information.model_map_key) as inference_geo,
    false as is_batch,
    case when outcome = 'success' then 'ok' else 'error' end as status,
    case
        when outcome = 'success' then 200 else try_cast(meta.error_information.error_code as smallint)
    end as http_status_code,
    litellm_error(meta.error_information.error_class, meta.error_information.error_message) as error_type,
    is_stream,
    nullif(api_key, '') as api_key_id,
    meta.user_api_key_alias as api_key_alias,
    nullif(team_id, '') as team_id,
    meta.user_api_key_team_alias as team_alias,
    meta.user_api_key_project_id as project_id,
    nullif(organization_id, '') as organization_id,
    nullif("user", '') as user_id,
    nullif(end_user, '') as end_user_id,
    cast(from_json(nullif(request_tags, ''), '["VARCHAR"]') as varchar[]) as tags,
    flag(cache_hit) as gateway_cache_hit,
    cast(spend as decimal(18, 12)) as reported_cost_usd,
    coalesce(answer.choices[1].finish_reason, answer.stop_reason) as finish_reason,
    tokens(asked.max_tokens) as max_tokens_requested,
    asked.temperature as temperature,
    response_choices(
        coalesce(asked.response_format, asked.text), asked.tool_choice, asked.tools
    ) as response_choices,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    tokens(asked.dimensions) as embedding_dimensions
from hashed_content
