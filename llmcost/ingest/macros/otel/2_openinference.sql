-- OpenInference (Phoenix, Arize) --------------------------------------------------------------------------
create or replace temp macro openinference_operation(span_kind) as
    case span_kind when 'LLM' then 'chat' when 'EMBEDDING' then 'embeddings' end
;

create or replace temp macro openinference_input(a) as a['llm.token_count.prompt']
;

create or replace temp macro openinference_output(a) as a['llm.token_count.completion']
;

create or replace temp macro openinference_cache_read(a) as a['llm.token_count.prompt_details.cache_read']
;

create or replace temp macro openinference_cache_write(a) as a['llm.token_count.prompt_details.cache_write']
;

create or replace temp macro openinference_reasoning(a) as a['llm.token_count.completion_details.reasoning']
;

create or replace temp macro openinference_total(a) as a['llm.token_count.total']
;

create or replace temp macro openinference_input_audio(a) as a['llm.token_count.prompt_details.audio']
;

create or replace temp macro openinference_output_audio(a) as a['llm.token_count.completion_details.audio']
;

create or replace temp macro openinference_request_model(a) as a['llm.request.model_name']
;

create or replace temp macro openinference_response_model(a) as a['llm.response.model_name']
;

-- Where it does not distinguish the model that was asked for from the one that answered.
create or replace temp macro openinference_model(a) as coalesce(a['llm.model_name'], a['embedding.model_name'])
;

-- It has no name for the answer's id, but keeps the answer; frameworks put other ids there.
create or replace temp macro openinference_response_id(a) as
    nullif(regexp_extract(a['output.value'], '^\{"id": ?"((chatcmpl|cmpl|msg|resp|gen)[-_][\w-]+)"', 1), '')
;

create or replace temp macro openinference_has_prompt(a) as a['llm.input_messages.0.message.role'] is not null
;

create or replace temp macro openinference_prompt(a) as otel_numbered(a, 'llm.input_messages.')
;

create or replace temp macro openinference_answer(a) as otel_texts(a, 'llm.output_messages.')
;

create or replace temp macro openinference_embedded(a) as otel_values(a, 'embedding.embeddings.', '.embedding.text')
;

-- What an application says of a call; LiteLLM says here who holds the key.
create or replace temp macro openinference_metadata(a) as
    try(
        from_json(
            a['metadata'],
            '{"test_run":"VARCHAR","session_id":"VARCHAR","user_id":"VARCHAR","user_api_key_hash":"VARCHAR","user_api_key_alias":"VARCHAR",
              "user_api_key_team_id":"VARCHAR","user_api_key_team_alias":"VARCHAR","user_api_key_org_id":"VARCHAR"}'
        )
    )
;

create or replace temp macro openinference_case(a) as try(json_extract_string(a['metadata'], case_key()))
;
