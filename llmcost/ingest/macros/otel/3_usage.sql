-- The tokens of a span, whichever convention names them: the conventions of OpenTelemetry come first --------
-- Does "input" hold the cache? The conventions say so; these emitters do not, or did not.
create or replace temp macro otel_input_basis(a, name, scope_name, scope_version) as
    case
        when claude_code_is_call(name) and a['gen_ai.usage.input_tokens'] is null
        then 'exclusive'
        -- OpenLLMetry passes on Bedrock's own count (traceloop/openllmetry#4449)
        when scope_name = 'opentelemetry.instrumentation.bedrock'
        then case when otel_version_is_before(scope_version, 0, 63) then 'exclusive' else 'unknown' end
        when starts_with(scope_name, 'logfire.anthropic') or starts_with(scope_name, 'openinference.instrumentation.langchain')
        then 'unknown'
        when starts_with(scope_name, 'strands') or starts_with(scope_name, 'genkit') or starts_with(scope_name, 'langsmith')
        then 'unknown'
        when vercel_is_in_doubt(a)
        then 'unknown'
        else 'inclusive'
    end
;

-- Totals that the emitter itself added up prove nothing where its input is in doubt.
create or replace temp macro otel_total(a, scope_name) as
    case
        when scope_name = 'opentelemetry.instrumentation.bedrock'
        then null
        when vercel_total(a) is not null and vercel_is_in_doubt(a)
        then null
        else coalesce(genai_total(a), openllmetry_total(a), openinference_total(a), vercel_total(a))
    end
;

-- What a client sent along, as OpenInference and Logfire keep it, but for what a limit of the SDK cut off.
create or replace temp macro otel_parameters(a) as
    try(
        from_json(
            coalesce(a['llm.invocation_parameters'], a['embedding.invocation_parameters'], a['request_data']),
            '{"model":"VARCHAR","stream":"VARCHAR","user":"VARCHAR","max_completion_tokens":"VARCHAR","max_output_tokens":"VARCHAR",
              "max_tokens":"VARCHAR","temperature":"VARCHAR","dimensions":"VARCHAR","system":"VARCHAR","tools":"VARCHAR","messages":"VARCHAR",
              "tool_choice":"VARCHAR","response_format":"VARCHAR","text":"VARCHAR","response_schema":"VARCHAR"}'
        )
    )
;

-- Conventions that have the schema alone, and requests that have it in a format.
create or replace temp macro otel_choices(a, parameters) as
    response_choices(
        coalesce(
            '{"schema":'
            || coalesce(
                a['gen_ai.request.structured_output_schema'],
                a['llm.request.structured_output_schema'],
                parameters.response_schema
            )
            || '}',
            parameters.response_format,
            parameters.text
        ),
        parameters.tool_choice,
        coalesce(parameters.tools, '[' || a['llm.tools.0.tool.json_schema'] || ']')
    )
;

-- The JSON inside attributes, each read once.
create or replace temp macro otel_opened(a) as
    struct_pack(parameters := otel_parameters(a), response := logfire_response(a), metadata := openinference_metadata(a))
;

-- Counts as texts, so that each is found once before it is read.
create or replace temp macro otel_counts(a, opened, scope_name) as
    struct_pack(
        input := coalesce(
            genai_input(a), openllmetry_input(a), openinference_input(a), vercel_input(a), claude_code_input(a)
        ),
        output := coalesce(
            genai_output(a), openllmetry_output(a), openinference_output(a), vercel_output(a), claude_code_output(a)
        ),
        cache_read := coalesce(
            genai_cache_read(a),
            logfire_cache_read(a),
            openllmetry_cache_read(a),
            openinference_cache_read(a),
            vercel_cache_read(a),
            claude_code_cache_read(a),
            logfire_answered_cache_read(opened.response.usage)
        ),
        cache_write := coalesce(
            genai_cache_write(a),
            logfire_cache_write(a),
            openllmetry_cache_write(a),
            openinference_cache_write(a),
            vercel_cache_write(a),
            claude_code_cache_write(a),
            opened.response.usage.cache_creation_input_tokens
        ),
        reasoning := coalesce(
            genai_reasoning(a),
            logfire_reasoning(a),
            openllmetry_reasoning(a),
            openinference_reasoning(a),
            vercel_reasoning(a)
        ),
        total := otel_total(a, scope_name),
        model := coalesce(
            a['gen_ai.response.model'],
            a['gen_ai.request.model'],
            openinference_request_model(a),
            a['ai.response.model'],
            a['ai.model.id']
        ),
        searches := coalesce(
            a['gen_ai.usage.details.web_search_requests'],
            a['gen_ai.usage.server_tool_use.web_search_requests'],
            vercel_searches(vercel_metadata(a))
        ),
        uncached := coalesce(vercel_uncached(a), logfire_answered_uncached(opened.response.usage)),
        write_5m := openllmetry_write_5m(a),
        write_1h := openllmetry_write_1h(a),
        input_audio := coalesce(
            a['gen_ai.usage.audio.input_tokens'],
            a['gen_ai.usage.details.input_audio_tokens'],
            openinference_input_audio(a)
        ),
        input_image := coalesce(
            a['gen_ai.usage.image.input_tokens'], a['gen_ai.usage.details.image_prompt_tokens']
        ),
        cached_audio := coalesce(
            a['gen_ai.usage.audio.cache_read.input_tokens'], a['gen_ai.usage.details.cache_audio_read_tokens']
        ),
        cached_image := coalesce(
            a['gen_ai.usage.image.cache_read.input_tokens'], a['gen_ai.usage.details.image_cache_tokens']
        ),
        output_audio := coalesce(
            a['gen_ai.usage.audio.output_tokens'],
            a['gen_ai.usage.details.output_audio_tokens'],
            openinference_output_audio(a)
        ),
        output_image := coalesce(
            a['gen_ai.usage.image.output_tokens'], a['gen_ai.usage.details.image_candidates_tokens']
        ),
        max_tokens := coalesce(
            a['gen_ai.request.max_tokens'],
            openllmetry_max_tokens(a),
            vercel_max_tokens(a),
            opened.parameters.max_completion_tokens,
            opened.parameters.max_output_tokens,
            opened.parameters.max_tokens
        ),
        dimensions := coalesce(a['gen_ai.embeddings.dimension.count'], opened.parameters.dimensions)
    )
;

create or replace temp macro otel_usage(counts, operation) as
    struct_pack(
        input := tokens(counts.input),
        -- an embedding answers without tokens: that is 0, not unknown
        output := coalesce(tokens(counts.output), case when operation = 'embeddings' then cast(0 as bigint) end),
        cache_read := tokens(counts.cache_read),
        cache_write := tokens(counts.cache_write),
        reasoning := thoughts_of(
            counts.model,
            tokens(counts.reasoning),
            tokens(counts.input),
            tokens(counts.output),
            tokens(counts.total),
            coalesce(tokens(counts.cache_read), 0)
        ),
        searches := paid_searches(counts.model, tokens(counts.searches)),
        total := tokens(counts.total),
        uncached := tokens(counts.uncached),
        write_5m := tokens(counts.write_5m),
        write_1h := tokens(counts.write_1h),
        input_audio := tokens(counts.input_audio),
        input_image := tokens(counts.input_image),
        cached_audio := tokens(counts.cached_audio),
        cached_image := tokens(counts.cached_image),
        output_audio := tokens(counts.output_audio),
        output_image := tokens(counts.output_image),
        max_tokens := tokens(counts.max_tokens),
        dimensions := tokens(counts.dimensions)
    )
;
