/*
# over 200 lines: chats, Responses, embeddings and errors are one family, which others imitate
title: OpenAI response bodies
answers: Chat completions, Responses, embeddings, images, transcriptions and realtime sessions, streams too, of OpenAI and all that speak its API.
source: OpenAI API reference; recorded bodies of OpenAI, xAI, DeepSeek, Groq, Mistral, Moonshot, OpenRouter, Perplexity, Voyage
recognise:
  - {object: chat.completion, usage: }
  - {object: chat.completion.chunk, choices: }
  - {object: response, usage: }
  - {object: response, status: , output: }
  - {object: list, usage: , model: }
  - {object: text_completion, usage: }
  - {object: rerank, usage: , results: }
  - {choices: {delta: }, created: , model: }
  - {choices: {message: }, created: , model: , usage: }
  - {text: , segments: , usage: {prompt_tokens: }}
  - {object: realtime.response, usage: }
  - {object: realtime.session, model: }
  - {created: , data: , usage: {input_tokens: , output_tokens: }}
  - {text: , usage: {type: [tokens, duration]}}
  - {error: {message: , type: , param: , code: }}
beside:
  - {type: , sequence_number: }
  - {type: , event_id: }
  - {type: , output_index: }
  - {type: , item_id: }
  - {type: , response: {object: [response, realtime.response]}}
macros: [choices, openai]
required: []
columns:
  id: text
  object: text
  model: text
  created: time
  created_at: time
  completed_at: time
  timestamp: time
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
  instructions: content
  provider: text
  prompt_filter_results: json
  content_filters: json
  error: json
  user: text
  safety_identifier: text
  session_id: text
  conversation: json
  metadata: json
  usage: &usage
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
    num_sources_used: tokens
    seconds: number
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
  x_groq: {id: text, usage: *usage}
parsed:
  choice:
    from: choices
    columns: [{finish_reason: text, text: text, message: {content: text, tool_calls: [{type: text, function: {name: text, arguments: text}}], executed_tools: [{type: text}]}}]
  items:
    from: output
    columns: [{type: text, name: text, arguments: text, content: json, container_id: text, action: {type: text}}]
  failure: {from: error, columns: {type: text, code: text}}
  incomplete: {from: incomplete_details, columns: {reason: text}}
  talk: {from: conversation, columns: {id: text}}
  labels: {from: metadata, columns: {test_case: text, test_run: text}}
passes_over:
  - a stream chunk without usage
  - a response that is not finished
  - what a session is set to
has_ids: false
*/
with
    named as (
        -- the last piece of Groq's streams may count under a key of its own alone
        select
            body.* replace(
                nullif(id, '') as id,
                openai_object(object, choices) as object,
                coalesce(usage, x_groq.usage) as usage
            )
        from records as body
    ),
    bodies as (
        select
            body.*,
            openai_provider(body) as provider_name,
            object is null and failure is not null as has_failed,
            openai_operation(object, model, created is not null) as operation,
            min(model) filter (object = 'realtime.session') over (partition by file_id) as session_model,
            object = 'chat.completion.chunk' as is_chunk,
            row_number() over (
                partition by file_id, content_key, id, model, usage, failure order by file_id
            ) as copy,
            count(usage) over chunks as reports,
            max(choice[1].finish_reason) over chunks as finish_reason,
            row_number() over (
                partition by file_id, content_key, id order by choice[1].finish_reason nulls last, file_id
            ) as place
        from named as body
        where
            object in ('chat.completion', 'chat.completion.chunk', 'response', 'list', 'text_completion', '')
            or object in ('realtime.response', 'realtime.session', 'rerank')
            or (object is null and (failure is not null or usage is not null))
            or error('object is not a response body')
        window chunks as (partition by file_id, content_key, id)
    ),
    calls as (
        select
            *,
            -- a stream without any usage is still a call: its last chunk stands for it. Azure's first chunk
            -- has an empty object, model and id.
            case
                when object = '' or (is_chunk and usage is null and (reports > 0 or place > 1 or id is null))
                then 'a stream chunk without usage'
                when "status" in ('queued', 'in_progress')
                then 'a response that is not finished'
                when object = 'realtime.session'
                then 'what a session is set to'
            end as passed_over,
            openai_parts(usage, model, object = 'list') as parts,
            coalesce(id, printf('openai-%x-%d', hash(content_key, model, usage, failure), copy)) as name
        from bodies
    ),
    counted as (
        select
            *,
            -- xAI's chat counts the reasoning beside the completion; its total says so
            resolve_usage(
                parts.input,
                parts.output,
                cache_read := parts.cache_read,
                cache_write := parts.cache_write,
                reasoning := parts.reasoning,
                total := parts.total + parts.beside,
                uncached := parts.uncached,
                -- its own bodies mean what they say: more cached than sent is bad usage
                input_basis := case when provider_name = 'openai' then 'always_inclusive' else 'inclusive' end
            ) as used,
            case
                when passed_over is null then coalesce(utc("timestamp"), utc(created), utc(created_at))
            end as logged_at,
            openai_answer(choice, items) as answered,
            prompt_parts(instructions, null, null) as sent
        from calls
    )
select
    passed_over,
    name as request_id,
    id as response_id,
    coalesce(talk.id, session_id) as session_id,
    labels[case_key()] as case_id,
    labels.test_run as case_run,
    hash('openai', name) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    utc(completed_at) as ended_at,
    provider_name,
    case
        when object is null
        then model
        when object = 'realtime.response'
        then coalesce(model, session_model)
        when passed_over is null
        then required(model, 'model')
    end as response_model,
    operation as operation_name,
    case
        when usage.seconds is not null then 0 when is_counted(used) then used.input_tokens
    end as input_tokens,
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
    case
        when usage.seconds is not null then 0 when is_counted(used) then used.output_tokens
    end as output_tokens,
    parts.reasoning as reasoning_output_tokens,
    parts.output_audio as output_audio_tokens,
    coalesce(
        parts.output_image, case when operation = 'image_generation' then parts.output end
    ) as output_image_tokens,
    parts.total as total_tokens_reported,
    coalesce(parts.searches, openai_searches(items, chat_searches(choice))) as web_search_requests,
    coalesce(parts.file_searches, openai_calls(items, 'file_search_call')) as file_search_requests,
    coalesce(parts.x_searches, openai_calls(items, 'x_search_call')) as x_search_requests,
    coalesce(parts.containers, openai_containers(items)) as code_interpreter_requests,
    openai_unit(usage, object) as billed_unit,
    openai_units(usage, object) as billed_units,
    usage.search_context_size as search_context_size,
    -- an image that was drawn on the way is paid by tokens that no usage has
    case
        when openai_calls(items, 'image_generation_call') is not null
        then 'missing'
        when usage.seconds is not null
        then 'provider'
        when is_counted(used) and used.output_tokens is not null
        then 'provider'
        else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    service_tier,
    service_tier is not distinct from 'batch' as is_batch,
    case
        when has_failed or "status" = 'failed'
        then 'error'
        when "status" = 'cancelled' or (is_chunk and usage is null and finish_reason is null)
        then 'cancelled'
        else 'ok'
    end as status,
    try_cast(failure.code as smallint) as http_status_code,
    code_word(coalesce(failure.code, failure.type)) as error_type,
    code_word(coalesce(finish_reason, incomplete.reason, "status")) as finish_reason,
    case when object in ('chat.completion', 'chat.completion.chunk') then is_chunk end as is_stream,
    coalesce("user", safety_identifier) as end_user_id,
    openai_cost(usage) as reported_cost_usd,
    tokens(max_output_tokens) as max_tokens_requested,
    temperature,
    response_choices(text, tool_choice, tools) as response_choices,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars
from counted
