/*
# over 200 lines: camelCase and snake_case, and bodies of three providers
title: Helicone requests
answers: What its export tool or its query API gives, as JSON, JSONL or CSV; -1 is not reported, and the input may leave the cache out.
source: Helicone/helicone examples/export and packages/llm-mapper, type HeliconeRequest; no record of a real run seen
recognise:
  - {request_created_at: , response_status: , model: }
  - {request_created_at: , response_status: , prompt_tokens: }
  - {request_id: , request_created_at: , response_status: , provider: , request_path: }
  - {request_id: , request_created_at: , response_status: , prompt_tokens: , provider: }
macros: [choices, answers, gateways, hosted, openai]
required: [request_created_at, response_status]
columns:
  request_id: text
  response_id: text
  request_created_at: time
  response_created_at: time
  response_status: number
  delay_ms: number
  time_to_first_token: number
  provider: text
  request_model: text
  model_override: text
  response_model: text
  model: text
  request_path: text
  target_url: text
  prompt_tokens: text
  prompt_cache_read_tokens: text
  prompt_cache_write_tokens: text
  prompt_audio_tokens: text
  completion_tokens: text
  completion_audio_tokens: text
  total_tokens: text
  request_user_id: text
  request_properties: json
  properties: json
  cache_reference_id: text
  cache_enabled: flag
  costUSD: number
  cost: number
  request_body: content
  response_body: content
parsed:
  labels:
    from: request_properties
    columns: {Helicone-Session-Id: text, test_case: text, test_run: text}
  more_labels:
    from: properties
    columns: {Helicone-Session-Id: text, test_case: text, test_run: text}
  asked:
    from: request_body
    columns:
      stream: text
      messages: text
      system: text
      tools: text
      tool_choice: text
      response_format: text
      text: text
      generationConfig: text
      input: text
      dimensions: tokens
      max_tokens: tokens
      max_completion_tokens: tokens
      temperature: number
  answered:
    from: response_body
    columns:
      id: text
      stop_reason: text
      choices: [{finish_reason: text, message: {content: text, tool_calls: text}}]
      content: text
      output: text
passes_over: [still pending]
has_ids: false
*/
with
    counted as (
        select
            *,
            hosted_provider(provider) as served_by,
            helicone_tokens(prompt_tokens) as prompt,
            coalesce(path_operation(coalesce(request_path, target_url)), 'chat') as operation,
            coalesce(
                helicone_tokens(completion_tokens),
                case when operation = 'embeddings' and prompt_tokens not in ('', '0', '-1') then 0 end
            ) as completion,
            helicone_tokens(prompt_cache_read_tokens) as cache_read,
            helicone_tokens(prompt_cache_write_tokens) as cache_write,
            helicone_tokens(prompt_audio_tokens) as audio_in,
            helicone_tokens(completion_audio_tokens) as audio_out,
            helicone_tokens(total_tokens) as total,
            try_cast(response_body as json) as body,
            answer_items(try_cast(response_body as json)) as called,
            coalesce(
                response_id,
                request_id,
                printf(
                    'helicone-%x-%d',
                    hash(
                        content_key,
                        utc(request_created_at),
                        model,
                        prompt_tokens,
                        completion_tokens,
                        request_user_id
                    ),
                    row_number() over (
                        partition by
                            file_id,
                            response_id,
                            request_id,
                            request_created_at,
                            model,
                            prompt_tokens,
                            completion_tokens,
                            request_user_id
                    )
                )
            ) as identity
        from records
    ),
    -- newer rows take cache and audio out of the prompt; only the total shows which rows are new
    heard as (
        select
            *,
            coalesce(
                coalesce(audio_in, 0) + coalesce(audio_out, 0) > 0
                and (
                    audio_in > prompt
                    or audio_out > completion
                    or total
                    = prompt
                    + completion
                    + coalesce(audio_in, 0)
                    + coalesce(audio_out, 0)
                    + cache_tokens(cache_read, cache_write)
                ),
                false
            ) as is_audio_beside,
            answer_tools(body, json_extract(body, '$.usage'), called, model) as tools
        from counted
    ),
    based as (
        select
            *,
            resolve_usage(
                prompt + case when is_audio_beside then coalesce(audio_in, 0) else 0 end,
                completion + case when is_audio_beside then coalesce(audio_out, 0) else 0 end,
                cache_read := cache_read,
                cache_write := cache_write,
                -- older totals left Anthropic's cache out, like the prompt
                total
                := case when served_by = 'anthropic' and total = prompt + completion then null else total end,
                input_basis := case when served_by = 'anthropic' then 'exclusive' else 'unknown' end
            ) as used,
            coalesce(prompt, 0) + cache_tokens(cache_read, cache_write) = 0 as has_no_usage,
            prompt_parts(
                asked.system,
                asked.tools,
                coalesce(asked.messages, case when "operation" <> 'embeddings' then asked.input end)
            ) as sent,
            embedding_texts(case when "operation" = 'embeddings' then asked.input end) as items,
            coalesce(
                answered.choices[1].message.content,
                answered.choices[1].message.tool_calls,
                answered.content,
                answered.output
            ) as answer
        from heard
    )
select
    case when response_status = -2 then 'still pending' end as passed_over,
    coalesce(request_id, identity) as request_id,
    coalesce(answered.id, response_id) as response_id,
    coalesce(labels."Helicone-Session-Id", more_labels."Helicone-Session-Id") as session_id,
    coalesce(labels[case_key()], more_labels[case_key()]) as case_id,
    coalesce(labels.test_run, more_labels.test_run) as case_run,
    hash('helicone', identity) as dedupe_key,
    file_id,
    utc(request_created_at) as started_at,
    case
        when time_to_first_token > 0 then after_ms(utc(request_created_at), time_to_first_token)
    end as first_token_at,
    coalesce(
        case when delay_ms >= 0 then after_ms(utc(request_created_at), delay_ms) end, utc(response_created_at)
    ) as ended_at,
    'helicone' as gateway,
    served_by as provider_name,
    coalesce(nullif(request_model, ''), model) as request_model,
    -- who overrides the model says what is to be billed
    coalesce(nullif(model_override, ''), nullif(response_model, '')) as response_model,
    "operation" as operation_name,
    case when not has_no_usage then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    audio_in as input_audio_tokens,
    case when not has_no_usage then used.output_tokens end as output_tokens,
    audio_out as output_audio_tokens,
    total as total_tokens_reported,
    tools.searches as web_search_requests,
    tools.file_searches as file_search_requests,
    tools.x_searches as x_search_requests,
    tools.containers as code_interpreter_requests,
    case when has_no_usage or tools.has_drawn then 'missing' else 'provider' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case
        when response_status = -3
        then 'cancelled'
        when response_status between 200 and 299
        then 'ok'
        else 'error'
    end as status,
    case
        when response_status between 100 and 599 then cast(response_status as smallint)
    end as http_status_code,
    coalesce(answered.choices[1].finish_reason, answered.stop_reason) as finish_reason,
    coalesce(flag(asked.stream), case when time_to_first_token > 0 then true end) as is_stream,
    nullif(request_user_id, '') as user_id,
    list_filter(
        tag_list(coalesce(request_properties, properties)), lambda tag: not starts_with(tag, 'Helicone-')
    ) as tags,
    case
        when cache_reference_id is not null
        then cache_reference_id <> '00000000-0000-0000-0000-000000000000'
        when cache_enabled is not null and not flag(cache_enabled)
        then false
    end as gateway_cache_hit,
    cast(
        case when coalesce(costusd, cost) >= 0 then coalesce(costusd, cost) end as decimal(18, 12)
    ) as reported_cost_usd,
    tokens(coalesce(asked.max_completion_tokens, asked.max_tokens)) as max_tokens_requested,
    asked.temperature as temperature,
    response_choices(
        coalesce(asked.response_format, asked.text, asked.generationconfig), asked.tool_choice, asked.tools
    ) as response_choices,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(answer) as output_hash,
    chars(answer) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    tokens(asked.dimensions) as embedding_dimensions
from based
