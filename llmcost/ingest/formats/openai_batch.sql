/*
title: OpenAI batch output
answers: The output and error files of OpenAI's Batch API (and Azure's), one line a request, at the batch price; the custom id is the test case.
source: OpenAI API reference, Batch
recognise:
  - {custom_id: , response: {status_code: , body: }}
  - {custom_id: , response: , error: , id: }
macros: [choices, openai]
required: [id, custom_id]
columns:
  id: text
  custom_id: text
  error: {code: text}
  response:
    status_code: tokens
    request_id: text
    body:
      id: text
      object: text
      model: text
      created: time
      created_at: time
      completed_at: time
      status: text
      service_tier: text
      temperature: number
      max_output_tokens: tokens
      text: text
      tool_choice: text
      tools: text
      incomplete_details: json
      choices: json
      output: json
      provider: text
      prompt_filter_results: json
      content_filters: json
      error: json
      x_groq: {id: text}
      usage:
        prompt_tokens: tokens
        input_tokens: tokens
        completion_tokens: tokens
        output_tokens: tokens
        total_tokens: tokens
        cached_tokens: tokens
        prompt_cache_hit_tokens: tokens
        prompt_cache_miss_tokens: tokens
        cache_read_input_tokens: tokens
        cache_creation_input_tokens: tokens
        queue_time: number
        citation_tokens: tokens
        reasoning_tokens: tokens
        num_search_queries: tokens
        server_side_tool_usage_details: {web_search_calls: tokens, x_search_calls: tokens, file_search_calls: tokens, code_interpreter_calls: tokens}
        search_context_size: text
        server_tool_use: {web_search_requests: tokens}
        cost: json
        is_byok: flag
        cost_details: {upstream_inference_cost: number}
        cost_in_usd_ticks: number
        prompt_tokens_details:
          cached_tokens: tokens
          web_search_requests: tokens
          cache_write_tokens: tokens
          cache_creation_tokens: tokens
          audio_tokens: tokens
          image_tokens: tokens
          cached_tokens_details: {audio_tokens: tokens, image_tokens: tokens}
        input_tokens_details:
          cached_tokens: tokens
          web_search_requests: tokens
          cache_write_tokens: tokens
          cache_creation_tokens: tokens
          audio_tokens: tokens
          image_tokens: tokens
          cached_tokens_details: {audio_tokens: tokens, image_tokens: tokens}
        completion_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens, image_tokens: tokens}
        output_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens, image_tokens: tokens}
        input_token_details: {cached_tokens: tokens, audio_tokens: tokens, image_tokens: tokens, cached_tokens_details: {audio_tokens: tokens, image_tokens: tokens}}
        output_token_details: {audio_tokens: tokens, image_tokens: tokens}
parsed:
  choice:
    from: response.body.choices
    columns: [{finish_reason: text, text: text, message: {content: text, tool_calls: [{type: text, function: {name: text, arguments: text}}], executed_tools: [{type: text}]}}]
  items:
    from: response.body.output
    columns: [{type: text, name: text, arguments: text, content: json, container_id: text, action: {type: text}}]
  failure: {from: response.body.error, columns: {type: text, code: text}}
  incomplete: {from: response.body.incomplete_details, columns: {reason: text}}
*/
with
    answers as (
        select
            *,
            response.body as body,
            tokens(response.status_code) as http_status,
            openai_parts(response.body.usage, response.body.model, response.body.object = 'list') as parts,
            openai_answer(choice, items) as answered
        from records
    ),
    counted as (
        select
            *,
            coalesce(utc(body.created), utc(body.created_at)) as logged_at,
            coalesce(http_status >= 400, true)
            or error.code is not null
            or body.status = 'failed' as has_failed,
            resolve_usage(
                parts.input,
                parts.output,
                cache_read := parts.cache_read,
                cache_write := parts.cache_write,
                reasoning := parts.reasoning,
                total := parts.total + parts.beside,
                uncached := parts.uncached
            ) as used
        from answers
    )
select
    required(id, 'id') as request_id,
    body.id as response_id,
    required(custom_id, 'custom_id') as case_id,
    -- a chat's own id, so that a body that is logged by itself too is the same call
    hash('openai', coalesce(body.id, id)) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    utc(body.completed_at) as ended_at,
    openai_provider(body) as provider_name,
    body.model as response_model,
    openai_operation(body.object, body.model, body.created is not null) as operation_name,
    case when is_counted(used) then used.input_tokens end as input_tokens,
    parts.cache_read as cache_read_input_tokens,
    parts.cache_write as cache_write_input_tokens,
    parts.input_audio as input_audio_tokens,
    image_part(
        parts.input_image,
        parts.cached_image,
        parts.input_audio,
        parts.cached_audio,
        used.input_tokens,
        parts.cache_read,
        parts.cache_write
    ) as input_image_tokens,
    cached_part(parts.cached_audio, parts.input_audio, parts.cache_read) as cache_read_audio_tokens,
    cached_part(parts.cached_image, parts.input_image, parts.cache_read) as cache_read_image_tokens,
    case when is_counted(used) then used.output_tokens end as output_tokens,
    parts.reasoning as reasoning_output_tokens,
    parts.output_audio as output_audio_tokens,
    parts.output_image as output_image_tokens,
    parts.total as total_tokens_reported,
    coalesce(parts.searches, openai_searches(items, chat_searches(choice))) as web_search_requests,
    coalesce(parts.file_searches, openai_calls(items, 'file_search_call')) as file_search_requests,
    coalesce(parts.x_searches, openai_calls(items, 'x_search_call')) as x_search_requests,
    coalesce(parts.containers, openai_containers(items)) as code_interpreter_requests,
    body.usage.search_context_size as search_context_size,
    -- an image that was drawn on the way is paid by tokens that no usage has
    case
        when openai_calls(items, 'image_generation_call') is not null
        then 'missing'
        when is_counted(used) and used.output_tokens is not null
        then 'provider'
        else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    body.service_tier as service_tier,
    true as is_batch,
    case
        when error.code = 'batch_cancelled' then 'cancelled' when has_failed then 'error' else 'ok'
    end as status,
    try_cast(http_status as smallint) as http_status_code,
    code_word(coalesce(error.code, failure.code, failure.type)) as error_type,
    code_word(coalesce(choice[1].finish_reason, incomplete.reason, body.status)) as finish_reason,
    false as is_stream,
    openai_cost(body.usage) as reported_cost_usd,
    tokens(body.max_output_tokens) as max_tokens_requested,
    body.temperature as temperature,
    response_choices(body.text, body.tool_choice, body.tools) as response_choices,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars
from counted
