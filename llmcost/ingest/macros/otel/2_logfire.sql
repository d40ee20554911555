-- Logfire and Pydantic AI: the GenAI conventions, with the provider's own counts as `details` ---------------
-- A span is written twice, first when it begins.
create or replace temp macro logfire_is_pending(a) as a['logfire.span_type'] = 'pending_span'
;

create or replace temp macro logfire_cache_read(a) as
    coalesce(
        a['gen_ai.usage.details.cache_read_tokens'],
        a['gen_ai.usage.details.cache_read_input_tokens'],
        a['gen_ai.usage.details.cached_tokens']
    )
;

create or replace temp macro logfire_cache_write(a) as
    coalesce(
        a['gen_ai.usage.details.cache_write_tokens'], a['gen_ai.usage.details.cache_creation_input_tokens']
    )
;

create or replace temp macro logfire_reasoning(a) as
    coalesce(a['gen_ai.usage.details.reasoning_tokens'], a['gen_ai.usage.details.thoughts_tokens'])
;

-- The answer is kept, and Anthropic's cache counts stand only there.
create or replace temp macro logfire_response(a) as
    try(
        from_json(
            a['response_data'],
            '{"message":"VARCHAR","usage":{"input_tokens":"VARCHAR","cache_read_input_tokens":"VARCHAR","cache_creation_input_tokens":"VARCHAR",
              "prompt_tokens_details":{"cached_tokens":"VARCHAR"},"input_tokens_details":{"cached_tokens":"VARCHAR"}}}'
        )
    )
;

create or replace temp macro logfire_answered_cache_read(usage) as
    coalesce(
        usage.cache_read_input_tokens, usage.prompt_tokens_details.cached_tokens, usage.input_tokens_details.cached_tokens
    )
;

-- Anthropic's own input count, beside its cache counts, is what came without cache.
create or replace temp macro logfire_answered_uncached(usage) as
    case when usage.cache_read_input_tokens is not null then usage.input_tokens end
;
