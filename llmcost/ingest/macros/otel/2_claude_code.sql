-- Claude Code, whose attributes have no prefix -------------------------------------------------------------
create or replace temp macro claude_code_is_call(name) as name = 'claude_code.llm_request'
;

create or replace temp macro claude_code_input(a) as a['input_tokens']
;

create or replace temp macro claude_code_output(a) as a['output_tokens']
;

create or replace temp macro claude_code_cache_read(a) as a['cache_read_tokens']
;

create or replace temp macro claude_code_cache_write(a) as a['cache_creation_tokens']
;

create or replace temp macro claude_code_id(a, name) as case when claude_code_is_call(name) then a['request_id'] end
;

create or replace temp macro claude_code_model(a) as a['model']
;

create or replace temp macro claude_code_first_token_ms(a) as a['ttft_ms']
;

create or replace temp macro claude_code_finish_reason(a) as a['stop_reason']
;

create or replace temp macro claude_code_has_failed(a) as a['success'] = 'false'
;

-- How many tries one span holds.
create or replace temp macro claude_code_attempts(a) as a['attempt']
;
