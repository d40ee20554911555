-- Raw bodies ---------------------------------------------------------------------------------------------
-- Codes of a service, like a finish reason or an error's type; what looks like a sentence is none of them.
create or replace temp macro code_word(x) as case when regexp_full_match(x, '[\w.:/-]{1,64}') then x end
;

create or replace temp macro texts_joined(texts) as nullif(array_to_string(list_filter(texts, lambda x: x <> ''), chr(31)), '')
;

-- OpenAI and what speaks its API. A body does not name who served it. These marks do; without one the price
-- book's
-- model names decide.
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
        when body.usage.search_context_size is not null or starts_with(body.model, 'sonar')
        then 'perplexity'
        when starts_with(body.model, 'gpt-oss')
        then null
        when
            starts_with(body.model, 'gpt-')
            or starts_with(body.model, 'text-embedding-')
            or starts_with(body.model, 'ft:')
            or starts_with(body.model, 'o1')
            or starts_with(body.model, 'o3')
            or starts_with(body.model, 'o4-')
        then 'openai'
    end
;

create or replace temp macro openai_operation(object, model) as
    case
        when object = 'list' and contains(model, 'rerank')
        then 'rerank'
        when object = 'list'
        then 'embeddings'
        when object = 'text_completion'
        then 'text_completion'
        when object is null
        then 'other'
        else 'chat'
    end
;

-- The counts under the names that the dialects give them. Voyage and Jina report a total alone: for an
-- embedding
-- that is the input. Mistral's num_cached_tokens is its server's own cache, which is not sold cheaper.
create or replace temp macro openai_parts(usage, is_embedding) as
    struct_pack(
        input := tokens(
            coalesce(usage.prompt_tokens, usage.input_tokens, case when is_embedding then usage.total_tokens end)
        ),
        output := coalesce(
            tokens(coalesce(usage.completion_tokens, usage.output_tokens)), case when is_embedding then 0 end
        ),
        cache_read := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens,
                usage.input_tokens_details.cached_tokens,
                usage.cached_tokens,
                usage.prompt_cache_hit_tokens
            )
        ),
        cache_write := tokens(
            coalesce(
                usage.prompt_tokens_details.cache_write_tokens, usage.input_tokens_details.cache_write_tokens
            )
        ),
        uncached := tokens(usage.prompt_cache_miss_tokens),
        input_audio := tokens(
            coalesce(usage.prompt_tokens_details.audio_tokens, usage.input_tokens_details.audio_tokens)
        ),
        input_image := tokens(
            coalesce(usage.prompt_tokens_details.image_tokens, usage.input_tokens_details.image_tokens)
        ),
        cached_audio := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens_details.audio_tokens,
                usage.input_tokens_details.cached_tokens_details.audio_tokens
            )
        ),
        cached_image := tokens(
            coalesce(
                usage.prompt_tokens_details.cached_tokens_details.image_tokens,
                usage.input_tokens_details.cached_tokens_details.image_tokens
            )
        ),
        reasoning := tokens(
            coalesce(
                usage.completion_tokens_details.reasoning_tokens, usage.output_tokens_details.reasoning_tokens
            )
        ),
        output_audio := tokens(
            coalesce(usage.completion_tokens_details.audio_tokens, usage.output_tokens_details.audio_tokens)
        ),
        output_image := tokens(
            coalesce(usage.completion_tokens_details.image_tokens, usage.output_tokens_details.image_tokens)
        ),
        total := tokens(usage.total_tokens)
    )
;

-- xAI counts in ticks of 10^-10 USD. Perplexity gives an object, OpenRouter a number, which with a key of
-- one's own
-- is only its fee beside what the provider asks.
create or replace temp macro openai_cost(usage) as
    case
        when usage.cost_in_usd_ticks is not null
        then cast(usage.cost_in_usd_ticks as decimal(24, 0)) * 0.0000000001
        when starts_with(usage.cost, '{')
        then try_cast(json_extract_string(usage.cost, '$.total_cost') as decimal(18, 12))
        when coalesce(flag(usage.is_byok), false)
        then
            try_cast(usage.cost as decimal(18, 12))
            + coalesce(try_cast(usage.cost_details.upstream_inference_cost as decimal(18, 12)), 0)
        else try_cast(usage.cost as decimal(18, 12))
    end
;

-- What was answered: text, or else the names and arguments of tool calls, without the ids that differ each
-- time.
create or replace temp macro openai_answer(choices, items) as
    coalesce(
        nullif(choices[1].message.content, ''),
        texts_joined(list_transform(choices[1].message.tool_calls, lambda c: concat(c.function.name, c.function.arguments))),
        choices[1].text,
        texts_joined(
            list_transform(
                list_filter(items, lambda item: item.type <> 'reasoning'),
                lambda item: coalesce(
                    texts_joined(json_extract_string(item.content, '$[*].text')), concat(item.name, item.arguments)
                )
            )
        )
    )
;

-- Of OpenAI's web search each search is paid for, opening a page it found is not.
create or replace temp macro openai_searches(items) as
    nullif(
        len(
            list_filter(
                items, lambda item: item.type = 'web_search_call' and coalesce(item.action.type, 'search') = 'search'
            )
        ),
        0
    )
;

-- Anthropic. The top-level usage leaves out compaction, advisors and models that failed first: these stand in
-- the
-- iterations, each at its own model's price. So where there are iterations, they are what is counted.
create or replace temp macro anthropic_turns(usage) as
    case
        when len(usage.iterations) > 0
        then usage.iterations
        else
            [
                {
                    model:cast(null as varchar),
                    input_tokens:usage.input_tokens,
                    cache_read_input_tokens:usage.cache_read_input_tokens,
                    cache_creation_input_tokens:usage.cache_creation_input_tokens,
                    cache_creation:usage.cache_creation,
                    output_tokens:usage.output_tokens
                }
            ]
    end
;

create or replace temp macro total_of(counts) as cast(list_sum(counts) as bigint)
;

create or replace temp macro anthropic_sum(name, turns) as
    struct_pack(
        model := nullif(name, ''),
        input := total_of(list_transform(turns, lambda t: tokens(t.input_tokens))),
        cache_read := total_of(list_transform(turns, lambda t: tokens(t.cache_read_input_tokens))),
        cache_write := total_of(
            list_transform(
                turns,
                lambda t: coalesce(
                    tokens(t.cache_creation_input_tokens),
                    tokens(t.cache_creation.ephemeral_5m_input_tokens)
                    + tokens(t.cache_creation.ephemeral_1h_input_tokens)
                )
            )
        ),
        write_5m := total_of(list_transform(turns, lambda t: tokens(t.cache_creation.ephemeral_5m_input_tokens))),
        write_1h := total_of(list_transform(turns, lambda t: tokens(t.cache_creation.ephemeral_1h_input_tokens))),
        output := total_of(list_transform(turns, lambda t: tokens(t.output_tokens)))
    )
;

-- One struct for each model that had a turn.
create or replace temp macro anthropic_calls(asked, turns) as
    list_transform(
        list_distinct(list_transform(turns, lambda t: coalesce(t.model, asked, ''))),
        lambda name: anthropic_sum(name, list_filter(turns, lambda t: coalesce(t.model, asked, '') = name))
    )
;

-- What is told of the whole message is the model's that gave it; another's part has a name of its own.
create or replace temp macro anthropic_suffix(name, model) as case when name <> model then '#' || name else '' end
;

create or replace temp macro anthropic_key(id, name) as hash('anthropic', id, name)
;

create or replace temp macro anthropic_answer(blocks) as
    texts_joined(
        list_transform(
            list_filter(blocks, lambda b: b.type in ('text', 'tool_use')),
            lambda b: coalesce(b.text, concat(b.name, b.input))
        )
    )
;

-- Gemini: the answer without the thoughts, and the tokens of one modality.
create or replace temp macro gemini_answer(parts) as
    texts_joined(
        list_transform(
            list_filter(parts, lambda p: not coalesce(flag(p.thought), false)),
            lambda p: coalesce(p.text, p.functioncall)
        )
    )
;

create or replace temp macro gemini_modality(details, wanted) as
    total_of(list_transform(list_filter(details, lambda d: d.modality = wanted), lambda d: tokens(d.tokencount)))
;

-- Bedrock's Converse: of the cache writes those that are kept so long.
create or replace temp macro converse_writes(details, kept) as
    total_of(list_transform(list_filter(details, lambda d: d.ttl = kept), lambda d: tokens(d.inputtokens)))
;

create or replace temp macro converse_answer(blocks) as
    texts_joined(list_transform(blocks, lambda b: coalesce(b.text, concat(b.tooluse.name, b.tooluse.input))))
;
