-- OpenLLMetry (Traceloop) ---------------------------------------------------------------------------------
create or replace temp macro openllmetry_operation(request_type) as
    case request_type
        when 'chat' then 'chat' when 'completion' then 'text_completion' when 'embedding' then 'embeddings'
    end
;

create or replace temp macro openllmetry_input(a) as a['llm.usage.prompt_tokens']
;

create or replace temp macro openllmetry_output(a) as a['llm.usage.completion_tokens']
;

create or replace temp macro openllmetry_cache_read(a) as a['llm.usage.cache_read_input_tokens']
;

create or replace temp macro openllmetry_cache_write(a) as a['llm.usage.cache_creation_input_tokens']
;

create or replace temp macro openllmetry_write_5m(a) as a['anthropic.usage.cache_creation.ephemeral_5m_input_tokens']
;

create or replace temp macro openllmetry_write_1h(a) as a['anthropic.usage.cache_creation.ephemeral_1h_input_tokens']
;

create or replace temp macro openllmetry_reasoning(a) as a['llm.usage.reasoning_tokens']
;

create or replace temp macro openllmetry_total(a) as a['llm.usage.total_tokens']
;

create or replace temp macro openllmetry_response_id(a) as a['llm.response.id']
;

create or replace temp macro openllmetry_request_model(a) as a['llm.request.model']
;

create or replace temp macro openllmetry_response_model(a) as a['llm.response.model']
;

create or replace temp macro openllmetry_max_tokens(a) as a['llm.request.max_tokens']
;

create or replace temp macro openllmetry_stream(a) as a['llm.is_streaming']
;

create or replace temp macro openllmetry_address(a) as a['gen_ai.openai.api_base']
;

create or replace temp macro openllmetry_has_prompt(a) as a['gen_ai.prompt.0.role'] is not null
;

create or replace temp macro openllmetry_prompt(a) as otel_numbered(a, 'gen_ai.prompt.')
;

create or replace temp macro openllmetry_answer(a) as otel_texts(a, 'gen_ai.completion.')
;

create or replace temp macro openllmetry_embedded(a) as otel_values(a, 'gen_ai.prompt.', '.content')
;
