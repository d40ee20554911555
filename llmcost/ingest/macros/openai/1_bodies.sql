-- OpenAI and what speaks its API ---------------------------------------------------------------------------
-- A body does not name who served it. These marks do; without one the model names of the price book decide.
create or replace temp macro openai_provider(body) as
    case
        when body.prompt_filter_results is not null or body.content_filters is not null
        then 'azure'
        when
            body.usage.cost_details is not null
            or body.usage.is_byok is not null
            or body.provider is not null
            or (starts_with(body.id, 'gen-') and contains(body.model, '/'))
        then 'openrouter'
        when body.x_groq.id is not null or body.usage.queue_time is not null
        then 'groq'
        when body.usage.cost_in_usd_ticks is not null or starts_with(body.model, 'grok-')
        then 'x-ai'
        when body.usage.prompt_cache_hit_tokens is not null and starts_with(body.model, 'deepseek-')
        then 'deepseek'
        when body.usage.search_context_size is not null or starts_with(body.model, 'sonar') or starts_with(body.usage.cost, '{')
        then 'perplexity'
        when starts_with(body.model, 'gpt-oss')
        then null
        when
            starts_with(body.model, 'gpt-')
            or starts_with(body.model, 'text-embedding-')
            or starts_with(body.model, 'whisper-')
            or starts_with(body.model, 'ft:')
            or starts_with(body.model, 'o1')
            or starts_with(body.model, 'o3')
            or starts_with(body.model, 'o4-')
        then 'openai'
    end
;

-- What a body is where it does not say so, or says it in a word of its own: a piece of a stream has deltas.
create or replace temp macro openai_object(object, choices) as
    case
        when object = 'chat.completion.done'
        then 'chat.completion.chunk'
        when object is null and contains(choices, '"delta"')
        then 'chat.completion.chunk'
        when object is null and choices is not null
        then 'chat.completion'
        else object
    end
;

-- Images, which are dated, and transcriptions do not say what they are; an error alone does not, either.
create or replace temp macro openai_operation(object, model, is_dated) as
    case
        when object = 'rerank' or (object = 'list' and contains(model, 'rerank'))
        then 'rerank'
        when object = 'list'
        then 'embeddings'
        when object = 'text_completion'
        then 'text_completion'
        when starts_with(object, 'realtime.')
        then 'realtime'
        when object is not null
        then 'chat'
        when is_dated
        then 'image_generation'
        when model is not null
        then 'transcription'
        else 'other'
    end
;

-- Perplexity's deep research counts what it cited, thought and searched beside its tokens, outside the total.
create or replace temp macro research_part(usage, count) as
    case when usage.citation_tokens is not null then coalesce(tokens(count), 0) else 0 end
;

-- The counts under the names that the dialects give them. Voyage and Jina report a total alone, which is the
-- input of an embedding. Mistral's num_cached_tokens is its server's own cache, which is not sold cheaper.
create or replace temp macro openai_parts(usage, model, is_embedding) as
    struct_pack(
        input := tokens(
            coalesce(usage.prompt_tokens, usage.input_tokens, case when is_embedding then usage.total_tokens end)
        )
        + research_part(usage, usage.citation_tokens),
        output := coalesce(
            tokens(coalesce(usage.completion_tokens, usage.output_tokens)), case when is_embedding then 0 end
        )
        + research_part(usage, usage.reasoning_tokens),
        beside := research_part(usage, usage.citation_tokens) + research_part(usage, usage.reasoning_tokens),
        -- xAI counts what its tools did; its answers list that under names of their own. Gateways say it in
        -- Anthropic's words, or beside the cache.
        searches := coalesce(
            paid_searches(
                model,
                tokens(
                    coalesce(
                        usage.server_side_tool_usage_details.web_search_calls,
                        usage.server_tool_use.web_search_requests,
                        usage.prompt_tokens_details.web_search_requests,
                        usage.input_tokens_details.web_search_requests
                    )
                )
            ),
            case when usage.citation_tokens is not null then tokens(usage.num_search_queries) end
        ),
        file_searches := nullif(tokens(usage.server_side_tool_usage_details.file_search_calls), 0),
        x_searches := nullif(tokens(usage.server_side_tool_usage_details.x_search_calls), 0),
        containers := nullif(tokens(usage.server_side_tool_usage_details.code_interpreter_calls), 0),
        cache_read := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens,
                usage.input_tokens_details.cached_tokens,
                usage.input_token_details.cached_tokens,
                usage.cached_tokens,
                usage.prompt_cache_hit_tokens,
                usage.cache_read_input_tokens
            )
        ),
        cache_write := tokens(
            coalesce(
                usage.prompt_tokens_details.cache_write_tokens,
                usage.input_tokens_details.cache_write_tokens,
                usage.prompt_tokens_details.cache_creation_tokens,
                usage.input_tokens_details.cache_creation_tokens,
                usage.cache_creation_input_tokens
            )
        ),
        uncached := tokens(usage.prompt_cache_miss_tokens),
        input_audio := tokens(
            coalesce(
                usage.prompt_tokens_details.audio_tokens,
                usage.input_tokens_details.audio_tokens,
                usage.input_token_details.audio_tokens
            )
        ),
        input_image := tokens(
            coalesce(
                usage.prompt_tokens_details.image_tokens,
                usage.input_tokens_details.image_tokens,
                usage.input_token_details.image_tokens
            )
        ),
        cached_audio := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens_details.audio_tokens,
                usage.input_tokens_details.cached_tokens_details.audio_tokens,
                usage.input_token_details.cached_tokens_details.audio_tokens
            )
        ),
        cached_image := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens_details.image_tokens,
                usage.input_tokens_details.cached_tokens_details.image_tokens,
                usage.input_token_details.cached_tokens_details.image_tokens
            )
        ),
        reasoning := thoughts_of(
            model,
            tokens(
                coalesce(
                    usage.completion_tokens_details.reasoning_tokens,
                    usage.output_tokens_details.reasoning_tokens,
                    case when usage.citation_tokens is not null then usage.reasoning_tokens end
                )
            ),
            tokens(coalesce(usage.prompt_tokens, usage.input_tokens)),
            tokens(coalesce(usage.completion_tokens, usage.output_tokens)),
            tokens(usage.total_tokens),
            coalesce(tokens(coalesce(usage.prompt_tokens_details.cached_tokens, usage.input_tokens_details.cached_tokens)), 0)
        ),
        output_audio := tokens(
            coalesce(
                usage.completion_tokens_details.audio_tokens,
                usage.output_tokens_details.audio_tokens,
                usage.output_token_details.audio_tokens
            )
        ),
        output_image := tokens(
            coalesce(
                usage.completion_tokens_details.image_tokens,
                usage.output_tokens_details.image_tokens,
                usage.output_token_details.image_tokens
            )
        ),
        total := tokens(usage.total_tokens)
    )
;
