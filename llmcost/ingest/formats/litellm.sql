/*
# over 200 lines: the payload has what providers say, what the proxy says, and what was asked
title: LiteLLM StandardLoggingPayload
answers: What the proxy and SDK hand to S3, GCS, Azure, a generic HTTP callback or a custom logger, one row per attempt.
source: BerriAI/litellm litellm/types/utils.py, class StandardLoggingPayload; read with 1.80.11
recognise:
  - {call_type: , startTime: , response_cost: }
  - {call_type: , startTime: , standard_built_in_tools_params: }
  - {call_type: , startTime: , model_map_information: }
macros: [choices, openai, litellm]
required: [id, call_type, startTime]
columns:
  id: text
  trace_id: text
  session_id: text
  call_type: text
  status: text
  stream: flag
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
  response_cost: number
  request_tags: texts
  end_user: text
  response: json
  messages: content
  model_parameters: {tools: json, tool_choice: text, response_format: text, text: text, input: json, dimensions: tokens, max_tokens: tokens, max_completion_tokens: tokens, temperature: number, service_tier: text}
  error_information: {error_code: text, error_class: text, error_message: text}
  model_map_information: {model_map_key: text}
  hidden_params: {additional_headers: {x-litellm-attempted-retries: tokens, x-litellm-attempted-fallbacks: tokens}}
  metadata:
    attempted_retries: tokens
    attempted_fallbacks: tokens
    test_case: text
    test_run: text
    requester_metadata: {test_case: text, test_run: text}
    spend_logs_metadata: {test_case: text, test_run: text}
    user_api_key_hash: text
    user_api_key_alias: text
    user_api_key_team_id: text
    user_api_key_team_alias: text
    user_api_key_org_id: text
    user_api_key_project_id: text
    user_api_key_user_id: text
    user_api_key_end_user_id: text
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
parsed:
  answer:
    from: response
    columns:
      id: text
      model: text
      service_tier: text
      background: flag
      stop_reason: text
      choices: [{finish_reason: text, message: {content: text, tool_calls: text}}]
      content: text
      output: text
  tools: {from: response, columns: {output: [{type: text, container_id: text, action: {type: text}}]}}
  made: {from: response, columns: {data: [json], usage_info: {pages_processed: tokens}, usage: {seconds: number, server_side_tool_usage_details: {x_search_calls: tokens}}}}
passes_over: [not a model call]
*/
with
    reported as (
        select
            *,
            metadata.usage_object as usage,
            metadata.usage_object.prompt_tokens_details as input_details,
            metadata.usage_object.completion_tokens_details as output_details
        from records
    ),
    counted as (
        select
            *,
            flag(stream) as is_stream,
            coalesce(flag(cache_hit), false) as is_hit,
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
                coalesce(flag(stream), false) and custom_llm_provider in ('openai', 'azure'),
                input_details is null,
                output_details.reasoning_tokens,
                output_details.accepted_prediction_tokens
            ) as source
        from reported
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
            prompt_parts(null, model_parameters.tools, litellm_chat(messages, call_type)) as sent,
            embedding_texts(litellm_embedded(messages, model_parameters.input, call_type)) as items,
            coalesce(
                answer.choices[1].message.content,
                answer.choices[1].message.tool_calls,
                answer.content,
                answer.output
            ) as answered
        from counted
    )
select
    litellm_passed_over(call_type, answer.background) as passed_over,
    id as request_id,
    answer.id as response_id,
    trace_id,
    tokens(
        coalesce(metadata.attempted_retries, hidden_params.additional_headers."x-litellm-attempted-retries")
    )
    + 1 as attempt_number,
    tokens(
        coalesce(
            metadata.attempted_fallbacks, hidden_params.additional_headers."x-litellm-attempted-fallbacks"
        )
    ) as fallback_index,
    coalesce(
        metadata[case_key()],
        metadata.requester_metadata[case_key()],
        metadata.spend_logs_metadata[case_key()]
    ) as case_id,
    coalesce(
        metadata.test_run, metadata.requester_metadata.test_run, metadata.spend_logs_metadata.test_run
    ) as case_run,
    session_id,
    litellm_key(id, is_hit, utc(starttime)) as dedupe_key,
    file_id,
    required(utc(starttime), 'startTime') as started_at,
    case
        when is_stream and completionstarttime <> endtime then utc(completionstarttime)
    end as first_token_at,
    utc(endtime) as ended_at,
    'litellm' as gateway,
    custom_llm_provider as provider_name,
    model as request_model,
    nullif(model_group, '') as model_group,
    litellm_served_model(answer.model, model_group, model) as response_model,
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
    coalesce(usage.service_tier, answer.service_tier) as service_tier,
    litellm_zone(model_map_information.model_map_key) as inference_geo,
    false as is_batch,
    case when status = 'success' then 'ok' else 'error' end as status,
    case
        when status = 'success' then 200 else try_cast(error_information.error_code as smallint)
    end as http_status_code,
    litellm_error(error_information.error_class, error_information.error_message) as error_type,
    coalesce(answer.choices[1].finish_reason, answer.stop_reason) as finish_reason,
    coalesce(is_stream, false) as is_stream,
    metadata.user_api_key_hash as api_key_id,
    metadata.user_api_key_alias as api_key_alias,
    metadata.user_api_key_team_id as team_id,
    metadata.user_api_key_team_alias as team_alias,
    metadata.user_api_key_project_id as project_id,
    metadata.user_api_key_org_id as organization_id,
    metadata.user_api_key_user_id as user_id,
    coalesce(nullif(end_user, ''), metadata.user_api_key_end_user_id) as end_user_id,
    request_tags as tags,
    flag(cache_hit) as gateway_cache_hit,
    cast(response_cost as decimal(18, 12)) as reported_cost_usd,
    tokens(
        coalesce(model_parameters.max_completion_tokens, model_parameters.max_tokens)
    ) as max_tokens_requested,
    model_parameters.temperature as temperature,
    response_choices(
        coalesce(model_parameters.response_format, model_parameters.text),
        model_parameters.tool_choice,
        model_parameters.tools
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
    tokens(model_parameters.dimensions) as embedding_dimensions
from based
