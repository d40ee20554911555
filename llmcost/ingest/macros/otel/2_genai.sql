-- The GenAI conventions of OpenTelemetry ------------------------------------------------------------------
-- Each count has the name of today first, then those of drafts and of emitters that went ahead of them.
create or replace temp macro genai_operation(name) as
    case lower(name)
        when 'chat' then 'chat'
        when 'message' then 'chat'
        when 'messages' then 'chat'
        when 'response' then 'chat'
        when 'responses' then 'chat'
        when 'acompletion' then 'chat'
        when 'aresponses' then 'chat'
        when 'anthropic_messages' then 'chat'
        when 'text_completion' then 'text_completion'
        when 'completion' then 'text_completion'
        when 'generate_content' then 'generate_content'
        when 'embeddings' then 'embeddings'
        when 'embedding' then 'embeddings'
        when 'aembedding' then 'embeddings'
        when 'image_generation' then 'image_generation'
        when 'generate_image' then 'image_generation'
    end
;

create or replace temp macro genai_provider(a) as coalesce(a['gen_ai.provider.name'], a['gen_ai.system'])
;

create or replace temp macro genai_input(a) as coalesce(a['gen_ai.usage.input_tokens'], a['gen_ai.usage.prompt_tokens'])
;

create or replace temp macro genai_output(a) as
    coalesce(a['gen_ai.usage.output_tokens'], a['gen_ai.usage.completion_tokens'])
;

create or replace temp macro genai_cache_read(a) as
    coalesce(
        a['gen_ai.usage.cache_read.input_tokens'],
        a['gen_ai.usage.cache_read_input_tokens'],
        a['gen_ai.usage.cache_read_tokens'],
        a['gen_ai.usage.input_tokens.cached'],
        a['gen_ai.usage.input_cached_tokens'],
        a['gen_ai.usage.cached_input_tokens'],
        a['gen_ai.usage.input_cache_read_tokens'],
        a['gen_ai.usage.prompt_details.cache_read']
    )
;

create or replace temp macro genai_cache_write(a) as
    coalesce(
        a['gen_ai.usage.cache_write.input_tokens'],
        a['gen_ai.usage.cache_creation.input_tokens'],
        a['gen_ai.usage.cache_creation_input_tokens'],
        a['gen_ai.usage.cache_write_input_tokens'],
        a['gen_ai.usage.cache_write_tokens'],
        a['gen_ai.usage.input_tokens.cache_write'],
        a['gen_ai.usage.input_cache_write_tokens'],
        a['gen_ai.usage.prompt_details.cache_write']
    )
;

create or replace temp macro genai_reasoning(a) as
    coalesce(
        a['gen_ai.usage.reasoning.output_tokens'],
        a['gen_ai.usage.reasoning_tokens'],
        a['gen_ai.usage.output_tokens.reasoning'],
        a['gen_ai.usage.output_reasoning_tokens']
    )
;

create or replace temp macro genai_total(a) as a['gen_ai.usage.total_tokens']
;

create or replace temp macro genai_stream(a) as coalesce(a['gen_ai.request.stream'], a['gen_ai.is_streaming'])
;

create or replace temp macro genai_first_token_ms(a) as
    try_cast(coalesce(a['gen_ai.response.time_to_first_chunk'], a['gen_ai.server.time_to_first_token']) as double) * 1000
;

-- What was served comes before what was asked for.
create or replace temp macro genai_service_tier(a) as
    coalesce(
        a['openai.response.service_tier'],
        a['gen_ai.openai.response.service_tier'],
        a['anthropic.response.service_tier'],
        a['openai.request.service_tier'],
        a['gen_ai.openai.request.service_tier'],
        a['gen_ai.request.service_tier']
    )
;

create or replace temp macro genai_finish_reason(a) as
    regexp_extract(a['gen_ai.response.finish_reasons'], '"([^"]+)"', 1)
;

create or replace temp macro genai_cost(a) as
    coalesce(a['gen_ai.usage.cost'], a['gen_ai.usage.total_cost'], a['gen_ai.cost.total_cost'])
;

-- The text of an answer's parts, or what stands in for it: a tool call as JSON.
create or replace temp macro genai_texts(messages) as
    list_aggregate(
        list_transform(
            flatten(list_transform(try(from_json(messages, '[{"parts":["JSON"]}]')), lambda m: m.parts)),
            lambda part: coalesce(part ->> '$.content', cast(part as varchar))
        ),
        'string_agg',
        chr(31)
    )
;

create or replace temp macro genai_answer(a) as
    coalesce(genai_texts(a['gen_ai.output.messages']), a['gen_ai.output.messages'])
;

create or replace temp macro genai_embedded(a) as
    list_transform(
        try(from_json(a['gen_ai.input.messages'], '[{"parts":[{"content":"VARCHAR"}]}]')), lambda m: m.parts[1].content
    )
;
