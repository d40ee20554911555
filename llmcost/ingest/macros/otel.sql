-- OpenTelemetry: what every emitter calls the same thing --------------------------------------------------
-- One attribute value of OTLP/JSON as text; a list as JSON.
create or replace temp macro otlp_text(v) as
    coalesce(
        v.stringvalue,
        v.intvalue,
        v.doublevalue,
        v.boolvalue,
        case
            when v.arrayvalue is not null
            then cast(to_json(list_transform(v.arrayvalue.values, lambda x: coalesce(x.stringvalue, x.intvalue))) as varchar)
        end
    )
;

create or replace temp macro otlp_pairs(attributes) as
    list_transform(
        list_filter(attributes, lambda x: x.key is not null), lambda x: struct_pack(key := x.key, value := otlp_text(x.value))
    )
;

-- A list of attributes as a map. A key that comes twice, which the protocol forbids, counts once.
create or replace temp macro otlp_map(attributes) as
    case
        when len(list_distinct(list_transform(attributes, lambda x: x.key))) = len(attributes)
        then map_from_entries(otlp_pairs(attributes))
        else
            map_from_entries(
                list_filter(
                    otlp_pairs(attributes),
                    lambda x, i: list_position(list_transform(otlp_pairs(attributes), lambda y: y.key), x.key) = i
                )
            )
    end
;

-- When the first of an answer came, of the events of a span that are dicts.
create or replace temp macro otel_first_chunk(events) as
    list_filter(
        events,
        lambda e: e.name in ('First Token Stream Event', 'ai.stream.firstChunk', 'gen_ai.content.completion.chunk')
    )[1].timestamp
;

create or replace temp macro otel_raised(events) as list_filter(events, lambda e: e.name = 'exception')[1].attributes
;

-- A word that a program chose (a class, a code, a reason); a sentence is none, and is not kept.
create or replace temp macro otel_word(x) as case when regexp_full_match(x, '[\w.:/$-]{1,80}') then x end
;

create or replace temp macro otel_version_is_before(version, major, minor) as
    [try_cast(split_part(version, '.', 1) as integer), try_cast(split_part(version, '.', 2) as integer)] < [major, minor]
;

-- A time that may be missing or 0: a span that was never ended.
create or replace temp macro otel_end(x) as
    coalesce(
        make_timestamp(cast(epoch_microseconds(nullif(try_cast(x as double), 0)) as bigint)),
        try_cast(x as timestamptz) at time zone 'UTC'
    )
;

-- The operation of a span that is one call to a model, or NULL. The clearest mark comes first: agents and
-- chains
-- carry models and summed usage too.
create or replace temp macro otel_operation(a, name, span_kind) as
    case
        when a['logfire.span_type'] = 'pending_span'
        then null
        when coalesce(a['openinference.span.kind'], span_kind) = 'LLM'
        then 'chat'
        when coalesce(a['openinference.span.kind'], span_kind) = 'EMBEDDING'
        then 'embeddings'
        when coalesce(a['openinference.span.kind'], span_kind, 'UNKNOWN') <> 'UNKNOWN'
        then null
        when a['traceloop.span.kind'] is not null
        then null
        when ends_with(a['ai.operationId'], '.doEmbed')
        then 'embeddings'
        when a['ai.operationId'] is not null
        then case when contains(a['ai.operationId'], '.do') then 'chat' end
        when a['gen_ai.operation.name'] is not null
        then
            case lower(a['gen_ai.operation.name'])
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
        when a['llm.request.type'] is not null
        then
            case a['llm.request.type']
                when 'chat' then 'chat' when 'completion' then 'text_completion' when 'embedding' then 'embeddings'
            end
        when name = 'claude_code.llm_request'
        then 'chat'
        when coalesce(a['agent_name'], a['gen_ai.agent.name'], a['gen_ai.tool.name']) is not null
        then null
        when coalesce(a['gen_ai.request.model'], a['gen_ai.response.model']) is not null
        then 'chat'
    end
;

-- Why a span is no request: an agent's or a chain's usage is the sum of the calls below it.
create or replace temp macro otel_no_call(a) as
    case
        when
            coalesce(
                a['gen_ai.usage.input_tokens'],
                a['gen_ai.usage.prompt_tokens'],
                a['llm.token_count.prompt'],
                a['ai.usage.inputTokens'],
                a['ai.usage.promptTokens'],
                a['ai.usage.tokens'],
                a['gen_ai.aggregated_usage.input_tokens']
            )
            is not null
        then 'parent of a model call'
        else 'not a model call'
    end
;

create or replace temp macro otel_provider(x, address) as
    case
        when contains(address, '.openai.azure.com') or contains(address, '.azure.com')
        then 'azure'
        when contains(address, 'openrouter.ai')
        then 'openrouter'
        -- a gateway names a route or nothing: then the host tells
        when x is null and contains(address, 'api.openai.com')
        then 'openai'
        when x is null and contains(address, 'api.anthropic.com')
        then 'anthropic'
        when x is null and contains(address, 'bedrock') and contains(address, 'amazonaws.com')
        then 'aws.bedrock'
        when x is null and contains(address, 'aiplatform.googleapis.com')
        then 'vertex_ai'
        when x is null and contains(address, 'generativelanguage.googleapis.com')
        then 'google'
        when starts_with(lower(x), 'azure') or starts_with(lower(x), 'az.')
        then 'azure'
        when starts_with(lower(x), 'aws') or contains(lower(x), 'bedrock')
        then 'aws.bedrock'
        when contains(lower(x), 'vertex')
        then 'vertex_ai'
        when starts_with(lower(x), 'gcp.') or starts_with(lower(x), 'gemini') or starts_with(lower(x), 'google')
        then 'google'
        when starts_with(lower(x), 'anthropic')
        then 'anthropic'
        when starts_with(lower(x), 'openai')
        then 'openai'
        when lower(x) in ('xai', 'x_ai') or starts_with(lower(x), 'xai.')
        then 'x-ai'
        when starts_with(lower(x), 'mistral')
        then 'mistral'
        -- frameworks and gateways are no providers: the model's name decides
        when lower(x) in ('langchain', 'llamaindex', 'litellm', 'crewai', 'gateway', 'unknown', '')
        then null
        else lower(x)
    end
;

-- Does "input" hold the cache? The conventions say so; these emitters do not, or did not.
create or replace temp macro otel_input_basis(a, name, scope_name, scope_version) as
    case
        when name = 'claude_code.llm_request' and a['gen_ai.usage.input_tokens'] is null
        then 'exclusive'
        -- OpenLLMetry hands on Bedrock's own count (traceloop/openllmetry#4449)
        when scope_name = 'opentelemetry.instrumentation.bedrock'
        then case when otel_version_is_before(scope_version, 0, 63) then 'exclusive' else 'unknown' end
        when starts_with(scope_name, 'logfire.anthropic') or starts_with(scope_name, 'openinference.instrumentation.langchain')
        then 'unknown'
        when starts_with(scope_name, 'strands') or starts_with(scope_name, 'genkit') or starts_with(scope_name, 'langsmith')
        then 'unknown'
        when starts_with(a['ai.model.provider'], 'anthropic') or contains(a['ai.model.provider'], 'bedrock')
        then 'unknown'
        else 'inclusive'
    end
;

-- Totals that the emitter itself added up prove nothing where its input is in doubt.
create or replace temp macro otel_total(a, scope_name) as
    case
        when scope_name = 'opentelemetry.instrumentation.bedrock'
        then null
        when
            a['ai.usage.totalTokens'] is not null
            and (starts_with(a['ai.model.provider'], 'anthropic') or contains(a['ai.model.provider'], 'bedrock'))
        then null
        else
            coalesce(
                a['gen_ai.usage.total_tokens'],
                a['llm.usage.total_tokens'],
                a['llm.token_count.total'],
                a['ai.usage.totalTokens']
            )
    end
;

-- The JSON inside attributes, each read once; what was cut off, as a limit of the SDK does it, is not there.
create or replace temp macro otel_opened(a) as
    struct_pack(
        parameters := try(
            from_json(
                coalesce(a['llm.invocation_parameters'], a['embedding.invocation_parameters'], a['request_data']),
                '{"model":"VARCHAR","stream":"VARCHAR","user":"VARCHAR","max_completion_tokens":"VARCHAR","max_output_tokens":"VARCHAR",
                  "max_tokens":"VARCHAR","temperature":"VARCHAR","dimensions":"VARCHAR","system":"VARCHAR","tools":"VARCHAR","messages":"VARCHAR"}'
            )
        ),
        -- Logfire keeps the answer, and Anthropic's cache counts only there
        response := try(
            from_json(
                a['response_data'],
                '{"message":"VARCHAR","usage":{"input_tokens":"VARCHAR","cache_read_input_tokens":"VARCHAR","cache_creation_input_tokens":"VARCHAR",
                  "prompt_tokens_details":{"cached_tokens":"VARCHAR"},"input_tokens_details":{"cached_tokens":"VARCHAR"}}}'
            )
        ),
        metadata := try(
            from_json(
                a['metadata'],
                '{"test_run":"VARCHAR","session_id":"VARCHAR","user_id":"VARCHAR","user_api_key_hash":"VARCHAR","user_api_key_alias":"VARCHAR",
                  "user_api_key_team_id":"VARCHAR","user_api_key_team_alias":"VARCHAR","user_api_key_org_id":"VARCHAR"}'
            )
        ),
        vercel := try(from_json(a['ai.response.providerMetadata'], '{"gateway":{"cost":"VARCHAR"}}'))
    )
;

-- Counts as texts, so that each is found once before it is read.
create or replace temp macro otel_counts(a, opened, scope_name) as
    struct_pack(
        input := coalesce(
            a['gen_ai.usage.input_tokens'],
            a['gen_ai.usage.prompt_tokens'],
            a['llm.usage.prompt_tokens'],
            a['llm.token_count.prompt'],
            a['ai.usage.inputTokens'],
            a['ai.usage.promptTokens'],
            a['ai.usage.tokens'],
            a['input_tokens']
        ),
        output := coalesce(
            a['gen_ai.usage.output_tokens'],
            a['gen_ai.usage.completion_tokens'],
            a['llm.usage.completion_tokens'],
            a['llm.token_count.completion'],
            a['ai.usage.outputTokens'],
            a['ai.usage.completionTokens'],
            a['output_tokens']
        ),
        cache_read := coalesce(
            a['gen_ai.usage.cache_read.input_tokens'],
            a['gen_ai.usage.cache_read_input_tokens'],
            a['gen_ai.usage.cache_read_tokens'],
            a['gen_ai.usage.input_tokens.cached'],
            a['gen_ai.usage.details.cache_read_tokens'],
            a['gen_ai.usage.details.cache_read_input_tokens'],
            a['gen_ai.usage.details.cached_tokens'],
            a['gen_ai.usage.prompt_details.cache_read'],
            a['llm.usage.cache_read_input_tokens'],
            a['llm.token_count.prompt_details.cache_read'],
            a['ai.usage.inputTokenDetails.cacheReadTokens'],
            a['ai.usage.cachedInputTokens'],
            a['cache_read_tokens'],
            opened.response.usage.cache_read_input_tokens,
            opened.response.usage.prompt_tokens_details.cached_tokens,
            opened.response.usage.input_tokens_details.cached_tokens
        ),
        cache_write := coalesce(
            a['gen_ai.usage.cache_write.input_tokens'],
            a['gen_ai.usage.cache_creation.input_tokens'],
            a['gen_ai.usage.cache_creation_input_tokens'],
            a['gen_ai.usage.cache_write_input_tokens'],
            a['gen_ai.usage.cache_write_tokens'],
            a['gen_ai.usage.details.cache_write_tokens'],
            a['gen_ai.usage.details.cache_creation_input_tokens'],
            a['gen_ai.usage.prompt_details.cache_write'],
            a['llm.usage.cache_creation_input_tokens'],
            a['llm.token_count.prompt_details.cache_write'],
            a['ai.usage.inputTokenDetails.cacheWriteTokens'],
            a['cache_creation_tokens'],
            opened.response.usage.cache_creation_input_tokens
        ),
        reasoning := coalesce(
            a['gen_ai.usage.reasoning.output_tokens'],
            a['gen_ai.usage.reasoning_tokens'],
            a['gen_ai.usage.details.reasoning_tokens'],
            a['gen_ai.usage.details.thoughts_tokens'],
            a['gen_ai.usage.output_tokens.reasoning'],
            a['llm.usage.reasoning_tokens'],
            a['llm.token_count.completion_details.reasoning'],
            a['ai.usage.outputTokenDetails.reasoningTokens'],
            a['ai.usage.reasoningTokens']
        ),
        total := otel_total(a, scope_name),
        uncached := coalesce(
            a['ai.usage.inputTokenDetails.noCacheTokens'],
            -- Anthropic's own input count, beside its cache counts, is what came without cache
            case
                when opened.response.usage.cache_read_input_tokens is not null
                then opened.response.usage.input_tokens
            end
        ),
        write_5m := a['anthropic.usage.cache_creation.ephemeral_5m_input_tokens'],
        write_1h := a['anthropic.usage.cache_creation.ephemeral_1h_input_tokens'],
        input_audio := coalesce(
            a['gen_ai.usage.audio.input_tokens'],
            a['gen_ai.usage.details.input_audio_tokens'],
            a['llm.token_count.prompt_details.audio']
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
            a['llm.token_count.completion_details.audio']
        ),
        output_image := coalesce(
            a['gen_ai.usage.image.output_tokens'], a['gen_ai.usage.details.image_candidates_tokens']
        ),
        max_tokens := coalesce(
            a['gen_ai.request.max_tokens'],
            a['llm.request.max_tokens'],
            a['ai.settings.maxOutputTokens'],
            a['ai.settings.maxTokens'],
            opened.parameters.max_completion_tokens,
            opened.parameters.max_output_tokens,
            opened.parameters.max_tokens
        ),
        dimensions := coalesce(a['gen_ai.embeddings.dimension.count'], opened.parameters.dimensions),
        stream := coalesce(
            a['gen_ai.request.stream'],
            a['gen_ai.is_streaming'],
            a['llm.is_streaming'],
            opened.parameters.stream,
            case
                when a['ai.operationId'] is not null then cast(contains(a['ai.operationId'], 'doStream') as varchar)
            end
        ),
        provider := coalesce(
            a['gen_ai.provider.name'], a['gen_ai.system'], a['llm.provider'], a['ai.model.provider'], a['llm.system']
        ),
        address := coalesce(a['gen_ai.openai.api_base'], a['server.address'])
    )
;

create or replace temp macro otel_usage(counts, operation) as
    struct_pack(
        input := tokens(counts.input),
        -- an embedding answers without tokens: that is none, not unknown
        output := coalesce(tokens(counts.output), case when operation = 'embeddings' then cast(0 as bigint) end),
        cache_read := tokens(counts.cache_read),
        cache_write := tokens(counts.cache_write),
        reasoning := tokens(counts.reasoning),
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

create or replace temp macro otel_response_id(a) as
    coalesce(
        a['gen_ai.response.id'],
        a['llm.response.id'],
        a['ai.response.id'],
        -- OpenInference has no name for it, but keeps the answer; frameworks put other ids there
        nullif(regexp_extract(a['output.value'], '^\{"id": ?"((chatcmpl|cmpl|msg|resp|gen)[-_][\w-]+)"', 1), '')
    )
;

create or replace temp macro otel_status(a, code) as
    case
        when contains(lower(a['error.type']), 'cancel') or contains(lower(a['error.type']), 'abort')
        then 'cancelled'
        when
            upper(code) in ('2', 'ERROR', 'STATUS_CODE_ERROR', 'STATUSCODE.ERROR')
            or a['error.type'] is not null
            or a['success'] = 'false'
            or try_cast(coalesce(a['http.response.status_code'], a['http.status_code']) as integer) >= 400
        then 'error'
        else 'ok'
    end
;

-- Messages that lie in numbered attributes, `prefix`N.message.role or `prefix`N.role and what goes with them.
create or replace temp macro otel_texts(a, prefix) as
    list_aggregate(
        list_transform(
            list_filter(map_entries(a), lambda e: starts_with(e.key, prefix) and not regexp_matches(e.key, '[.](role|finish_reason)$')),
            lambda e: e.value
        ),
        'string_agg',
        chr(31)
    )
;

create or replace temp macro otel_numbered(a, prefix) as
    list_transform(
        range(len(list_filter(map_keys(a), lambda k: starts_with(k, prefix) and ends_with(k, '.role')))),
        lambda i: part(
            coalesce(a[concat(prefix, i, '.message.role')], a[concat(prefix, i, '.role')]),
            coalesce(otel_texts(a, concat(prefix, i, '.')), '')
        )
    )
;

create or replace temp macro otel_prompt(a, parameters) as
    case
        when a['llm.input_messages.0.message.role'] is not null
        then otel_numbered(a, 'llm.input_messages.')
        when a['gen_ai.prompt.0.role'] is not null
        then otel_numbered(a, 'gen_ai.prompt.')
        else
            prompt_parts(
                coalesce(a['gen_ai.system_instructions'], parameters.system),
                coalesce(a['gen_ai.tool.definitions'], a['ai.prompt.tools'], parameters.tools),
                coalesce(
                    a['gen_ai.input.messages'],
                    a['ai.prompt.messages'],
                    parameters.messages,
                    a['input.value']
                )
            )
    end
;

-- The text of an answer's parts, or what stands in for it: a tool call as JSON.
create or replace temp macro otel_said(messages) as
    list_aggregate(
        list_transform(
            flatten(list_transform(try(from_json(messages, '[{"parts":["JSON"]}]')), lambda m: m.parts)),
            lambda part: coalesce(part ->> '$.content', cast(part as varchar))
        ),
        'string_agg',
        chr(31)
    )
;

create or replace temp macro otel_answer(a, response) as
    coalesce(
        otel_said(a['gen_ai.output.messages']),
        a['gen_ai.output.messages'],
        a['ai.response.text'],
        a['ai.response.object'],
        a['ai.response.toolCalls'],
        otel_texts(a, 'llm.output_messages.'),
        otel_texts(a, 'gen_ai.completion.'),
        response.message
    )
;

create or replace temp macro otel_embedded(a) as
    coalesce(
        nullif(
            list_transform(
                list_filter(
                    map_entries(a),
                    lambda e: starts_with(e.key, 'embedding.embeddings.') and ends_with(e.key, '.embedding.text')
                ),
                lambda e: e.value
            ),
            []
        ),
        list_transform(
            try(from_json(a['gen_ai.input.messages'], '[{"parts":[{"content":"VARCHAR"}]}]')), lambda m: m.parts[1].content
        ),
        -- each is JSON itself
        list_transform(
            embedding_texts(coalesce(a['ai.values'], a['ai.value'])),
            lambda x: coalesce(try(from_json(x, '"VARCHAR"')), x)
        ),
        nullif(
            list_transform(
                list_filter(
                    map_entries(a), lambda e: starts_with(e.key, 'gen_ai.prompt.') and ends_with(e.key, '.content')
                ),
                lambda e: e.value
            ),
            []
        )
    )
;

-- What an application says of a call, in each SDK's way.
create or replace temp macro otel_metadata(a, name) as
    coalesce(
        a[concat('metadata.', name)],
        a[concat('traceloop.association.properties.', name)],
        a[concat('ai.telemetry.metadata.', name)]
    )
;

-- All that one span says of its call.
create or replace temp macro otel_call(
    a,
    r,
    name,
    started_at,
    status_code,
    message,
    first_chunk,
    exception,
    opened,
    counts,
    usage,
    used,
    prompt,
    answer,
    items
) as
    struct_pack(
        started_at := required(started_at, 'the start time'),
        first_token_at := coalesce(
            after_ms(
                started_at,
                coalesce(
                    try_cast(
                        coalesce(a['gen_ai.response.time_to_first_chunk'], a['gen_ai.server.time_to_first_token']) as double
                    )
                    * 1000,
                    try_cast(coalesce(a['ai.response.msToFirstChunk'], a['ttft_ms']) as double)
                )
            ),
            otel_end(first_chunk)
        ),
        response_id := otel_response_id(a),
        client_id := case when name = 'claude_code.llm_request' then a['request_id'] end,
        session_id := coalesce(
            a['gen_ai.conversation.id'],
            a['session.id'],
            a['langfuse.session.id'],
            opened.metadata.session_id, otel_metadata(a, 'session_id'),
            otel_metadata(a, 'sessionId')
        ),
        provider_name := otel_provider(counts.provider, counts.address),
        request_model := coalesce(
            a['gen_ai.request.model'],
            a['llm.request.model_name'],
            a['llm.request.model'],
            a['ai.model.id'],
            opened.parameters.model,
            a['model']
        ),
        response_model := coalesce(
            a['gen_ai.response.model'],
            a['llm.response.model_name'],
            a['llm.response.model'],
            a['ai.response.model'],
            a['llm.model_name'],
            a['embedding.model_name']
        ),
        usage := usage,
        used := used,
        service_tier := otel_word(
            coalesce(
                a['openai.response.service_tier'],
                a['gen_ai.openai.response.service_tier'],
                a['anthropic.response.service_tier'],
                a['openai.request.service_tier'],
                a['gen_ai.openai.request.service_tier'],
                a['gen_ai.request.service_tier']
            )
        ),
        speed := nullif(otel_word(a['speed']), 'normal'),
        status := otel_status(a, status_code),
        http_status := coalesce(
            try_cast(coalesce(a['http.response.status_code'], a['http.status_code'], a['status_code']) as smallint),
            -- the SDKs of OpenAI and Anthropic begin their messages so
            try_cast(nullif(regexp_extract(message, 'Error code: (\d{3})', 1), '') as smallint)
        ),
        error_type := otel_word(coalesce(a['error.type'], exception)),
        finish_reason := otel_word(
            coalesce(
                regexp_extract(a['gen_ai.response.finish_reasons'], '"([^"]+)"', 1),
                a['llm.response.finish_reason'],
                a['llm.finish_reason'],
                a['anthropic.message.stop_reason'],
                a['ai.response.finishReason'],
                a['gen_ai.completion.0.finish_reason'],
                a['stop_reason']
            )
        ),
        is_stream := flag(counts.stream),
        -- Claude Code counts the tries that one span holds
        retries := coalesce(
            try_cast(a['http.request.resend_count'] as integer),
            try_cast(coalesce(a['gen_ai.request.attempt'], a['attempt']) as integer) - 1
        ),
        user_id := coalesce(
            a['user.id'], a['langfuse.user.id'], opened.metadata.user_id, otel_metadata(a, 'user_id'), otel_metadata(a, 'userId')
        ),
        end_user_id := coalesce(a['enduser.id'], a['gen_ai.user'], opened.parameters.user),
        -- LiteLLM's spans carry who holds the key
        key_id := coalesce(opened.metadata.user_api_key_hash, otel_metadata(a, 'user_api_key_hash')),
        key_alias := coalesce(opened.metadata.user_api_key_alias, otel_metadata(a, 'user_api_key_alias')),
        team_id := coalesce(opened.metadata.user_api_key_team_id, otel_metadata(a, 'user_api_key_team_id')),
        team_alias := coalesce(opened.metadata.user_api_key_team_alias, otel_metadata(a, 'user_api_key_team_alias')),
        organization_id := coalesce(a['organization.id'], opened.metadata.user_api_key_org_id, otel_metadata(a, 'user_api_key_org_id')),
        project_id := coalesce(r['openinference.project.name'], r['service.name']),
        case_id := coalesce(try(json_extract_string(a['metadata'], case_key())), otel_metadata(a, case_key())),
        case_run := coalesce(opened.metadata.test_run, otel_metadata(a, 'test_run')),
        environment := coalesce(r['deployment.environment.name'], r['deployment.environment']),
        tags := try(from_json(coalesce(a['tag.tags'], a['langfuse.trace.tags']), '["VARCHAR"]')),
        cost := try_cast(
            coalesce(
                a['gen_ai.usage.cost'],
                a['gen_ai.usage.total_cost'],
                a['gen_ai.cost.total_cost'],
                a['llm.cost.total'],
                a['operation.cost'],
                opened.vercel.gateway.cost
            ) as double
        ),
        temperature := try_cast(
            coalesce(
                a['gen_ai.request.temperature'], a['ai.settings.temperature'], opened.parameters.temperature
            ) as double
        ),
        sent := struct_pack(
            prompt_hash := prompt_hash_of(prompt),
            system_prompt_hash := system_prompt_hash_of(prompt),
            system_prompt_chars := system_prompt_chars_of(prompt),
            input_chars := input_chars_of(prompt),
            prefix_hashes := prefix_hashes_of(prompt),
            prefix_chars := prefix_chars_of(prompt)
        ),
        output_hash := output_hash_of(answer),
        output_chars := chars(answer),
        item_hashes := hashed(items),
        item_chars := sized(items)
    )
;

create or replace temp macro bare_model(model) as lower(split_part(model, '/', -1))
;

-- "gpt-4o" and "openai/gpt-4o-2024-08-06" may be one call's request and answer.
create or replace temp macro is_alike(one, other) as
    coalesce(
        starts_with(bare_model(one), bare_model(other)) or starts_with(bare_model(other), bare_model(one)), true
    )
;

-- Is the inner of two nested calls what the outer is a trace of?
create or replace temp macro is_same_call(outer_call, inner_call) as
    case
        when outer_call.response_id is not null and inner_call.response_id is not null
        then outer_call.response_id = inner_call.response_id
        when outer_call.input is null
        then false
        when inner_call.input is null
        then outer_call.status = inner_call.status and is_alike(outer_call.model, inner_call.model)
        when outer_call.input = inner_call.input and outer_call.output = inner_call.output
        then true
        else
            is_alike(outer_call.model, inner_call.model)
            and coalesce(outer_call.input = inner_call.input or outer_call.output = inner_call.output, false)
    end
;

-- Spans as requests: one row each. `spans` names a CTE with file_id, trace_id, span_id, parent_id, name,
-- span_kind,
-- scope_name, scope_version, started, ended, status_code, message, first_chunk, exception, and two maps of
-- attributes: a, of
-- the span, and r, of its resource.
create or replace temp macro otel_requests(spans) as table
with recursive
    told as (
        select *, otel_operation(a, name, span_kind) as operation from query_table(spans)
    ),
    opened as (
        select
            *,
            case when operation is not null then otel_opened(a) end as opened,
            case when operation is not null then utc(started) end as started_at
        from told
    ),
    counted as (
        select *, case when operation is not null then otel_counts(a, opened, scope_name) end as counts from opened
    ),
    measured as (
        select
            *,
            case when operation is not null then otel_usage(counts, operation) end as usage,
            otel_input_basis(a, name, scope_name, scope_version) as input_basis,
            operation is not null and getvariable('content_key') is not null as wants_text,
            case when wants_text and operation <> 'embeddings' then otel_prompt(a, opened.parameters) end as prompt,
            case when wants_text then otel_answer(a, opened.response) end as answer,
            case when wants_text and operation = 'embeddings' then otel_embedded(a) end as items
        from counted
    ),
    resolved as (
        select
            *,
            resolve_usage(
                usage.input,
                usage.output,
                cache_read := usage.cache_read,
                cache_write := usage.cache_write,
                reasoning := usage.reasoning,
                total := usage.total,
                uncached := usage.uncached,
                input_basis := input_basis
            ) as used
        from measured
    ),
    -- what is left of a span: neither attributes nor texts go further
    reduced as materialized (
        select
            file_id,
            trace_id,
            span_id,
            nullif(parent_id, '') as parent_span_id,
            hash(trace_id, span_id) as id,
            hash(trace_id, nullif(parent_id, '')) as parent,
            operation,
            case when operation is null then otel_no_call(a) end as no_call,
            scope_name,
            scope_version,
            case when operation is not null then otel_end(ended) end as ended_at,
            case
                when operation is not null
                then
                    otel_call(
                        a,
                        r,
                        name,
                        started_at,
                        status_code,
                        message,
                        first_chunk,
                        exception,
                        opened,
                        counts,
                        usage,
                        used,
                        prompt,
                        answer,
                        items
                    )
            end as call
        from resolved
    ),
    nodes as materialized (
        select id, any_value(parent) as parent, bool_or(operation is not null) as is_call from reduced group by id
    ),
    calls as materialized (
        select
            id,
            any_value(
                struct_pack(
                    response_id := call.response_id,
                    client_id := call.client_id,
                    model := coalesce(call.response_model, call.request_model),
                    input := nullif(call.used.input_tokens, 0),
                    output := call.used.output_tokens,
                    status := call.status
                )
            ) as call,
            min(call.started_at) as started_at,
            max(coalesce(ended_at, call.started_at)) as ended_at
        from reduced
        where operation is not null
        group by id
    ),
    -- from every call up through its ancestors; a loop, which only a broken log has, ends after 64
    climbs as (
        select id, parent as up, cast(null as ubigint) as ancestor, false as is_call, 0 as steps from nodes where is_call
        union all
        select climbs.id, nodes.parent, nodes.id, nodes.is_call, climbs.steps + 1
        from climbs
        join nodes on climbs.up = nodes.id
        where climbs.steps < 64
    ),
    nested as (
        select
            climbs.id,
            climbs.ancestor,
            climbs.steps,
            outers.call as outer_call,
            inners.call as inner_call,
            is_same_call(outers.call, inners.call) as is_same
        from climbs
        join calls as outers on climbs.ancestor = outers.id
        join calls as inners on climbs.id = inners.id
        where climbs.is_call and climbs.id <> climbs.ancestor
    ),
    roots as (
        select id, arg_max(ancestor, steps) filter (is_same) as root from nested group by id
    ),
    -- a call whose usage is missing or the sum of the calls below it is counted there
    parents as (
        select nested.ancestor as id
        from nested
        join roots on nested.id = roots.id
        where
            roots.root is null
            and (nested.outer_call.response_id is null or nested.inner_call.response_id is null)
        group by nested.ancestor
        having
            (
                any_value(nested.outer_call.input) is null
                and bool_or(nested.inner_call.status in ('ok', nested.outer_call.status))
            )
            or any_value(nested.outer_call.input) = sum(nested.inner_call.input)
            or any_value(nested.outer_call.output) = sum(nested.inner_call.output)
    ),
    -- one answer's id twice: at the same time it is one call; later, it is another (a cache or a mock
    -- repeats it)
    answers as (
        select
            id,
            started_at,
            call.response_id as response_id,
            coalesce(
                started_at > max(ended_at) over (
                    partition by call.response_id
                    order by started_at, id
                    rows between unbounded preceding and 1 preceding
                ),
                false
            ) as is_later
        from calls
        where call.response_id is not null
    ),
    turns as (
        select
            *, count(*) filter (is_later) over (partition by response_id order by started_at, id rows unbounded preceding) as turn
        from answers
    ),
    keys as (
        select
            id,
            case
                when turn = 0
                then hash('otel', response_id)
                else hash('otel', response_id, epoch_us(min(started_at) over (partition by response_id, turn)))
            end as answer_key
        from turns
    ),
    grouped as (
        select
            calls.*,
            parents.id is not null as is_parent,
            coalesce(
                case when calls.call.client_id is not null then hash('claude_code', calls.call.client_id) end,
                max(keys.answer_key) over (partition by coalesce(roots.root, calls.id)),
                hash('otel', coalesce(roots.root, calls.id))
            ) as dedupe_key
        from calls
        left join roots on calls.id = roots.id
        left join parents on calls.id = parents.id
        left join keys on calls.id = keys.id
    ),
    -- of the spans of one call the innermost that has its usage is nearest to the provider
    ranked as (
        select
            id,
            is_parent,
            dedupe_key,
            row_number() over spans_of_call as place,
            lead(id) over spans_of_call as second
        from grouped
        window
            spans_of_call as (
                partition by dedupe_key
                order by is_parent, call.input is null, call.output is null, started_at desc, ended_at, id
            )
    ),
    seconds as (
        select id, any_value(call) as call from reduced where id in (select second from ranked where place = 1) group by id
    ),
    rows as (
        select
            reduced.*,
            ranked.dedupe_key,
            case
                when reduced.operation is null
                then reduced.no_call
                when ranked.place > 1
                then 'the same call, traced twice'
                when ranked.is_parent
                then 'parent of a model call'
            end as passed_over,
            seconds.call as other,
            case when reduced.call.sent.prompt_hash is null then seconds.call.sent else reduced.call.sent end as sent
        from reduced
        left join ranked on reduced.id = ranked.id
        left join seconds on ranked.second = seconds.id and ranked.place = 1
    )
select
    case when passed_over is null then required(span_id, 'the span id') end as request_id,
    coalesce(call.response_id, other.response_id) as response_id,
    trace_id,
    span_id,
    parent_span_id,
    coalesce(call.session_id, other.session_id) as session_id,
    dedupe_key,
    file_id,
    call.started_at as started_at,
    coalesce(call.first_token_at, other.first_token_at) as first_token_at,
    ended_at,
    call.provider_name as provider_name,
    coalesce(call.request_model, other.request_model) as request_model,
    coalesce(call.response_model, other.response_model) as response_model,
    operation as operation_name,
    case when call.usage.input + call.usage.output > 0 or call.used.input_tokens > 0 then call.used.input_tokens end as input_tokens,
    call.usage.cache_read as cache_read_input_tokens,
    call.usage.cache_write as cache_write_input_tokens,
    coalesce(call.usage.write_5m, other.usage.write_5m) as cache_write_5m_input_tokens,
    coalesce(call.usage.write_1h, other.usage.write_1h) as cache_write_1h_input_tokens,
    call.usage.input_audio as input_audio_tokens,
    image_part(
        call.usage.input_image,
        call.usage.cached_image,
        call.usage.input_audio,
        call.usage.cached_audio,
        call.used.input_tokens,
        call.usage.cache_read,
        call.usage.cache_write
    ) as input_image_tokens,
    cached_part(call.usage.cached_audio, call.usage.input_audio, call.usage.cache_read) as cache_read_audio_tokens,
    cached_part(call.usage.cached_image, call.usage.input_image, call.usage.cache_read) as cache_read_image_tokens,
    case when call.usage.output > 0 or call.used.input_tokens > 0 then call.used.output_tokens end as output_tokens,
    coalesce(call.usage.reasoning, other.usage.reasoning) as reasoning_output_tokens,
    call.usage.output_audio as output_audio_tokens,
    call.usage.output_image as output_image_tokens,
    call.usage.total as total_tokens_reported,
    case when call.used.input_tokens > 0 and call.used.output_tokens is not null then 'provider' else 'missing' end as usage_source,
    call.used.basis as usage_basis,
    call.used.evidence as usage_evidence,
    coalesce(call.service_tier, other.service_tier) as service_tier,
    call.speed as speed,
    false as is_batch,
    call.status as status,
    coalesce(call.http_status, other.http_status) as http_status_code,
    coalesce(call.error_type, other.error_type) as error_type,
    coalesce(call.finish_reason, other.finish_reason) as finish_reason,
    coalesce(call.is_stream, other.is_stream) as is_stream,
    call.retries as retry_count,
    coalesce(call.key_id, other.key_id) as api_key_id,
    coalesce(call.key_alias, other.key_alias) as api_key_alias,
    coalesce(call.team_id, other.team_id) as team_id,
    coalesce(call.team_alias, other.team_alias) as team_alias,
    coalesce(call.organization_id, other.organization_id) as organization_id,
    coalesce(call.project_id, other.project_id) as project_id,
    coalesce(call.user_id, other.user_id) as user_id,
    coalesce(call.end_user_id, other.end_user_id) as end_user_id,
    coalesce(call.case_id, other.case_id) as case_id,
    coalesce(call.case_run, other.case_run) as case_run,
    nullif(
        list_concat(
            case when call.environment is not null then [call.environment] end, coalesce(call.tags, other.tags)
        ),
        []
    ) as tags,
    nullif(concat_ws(' ', scope_name, scope_version), '') as emitter_version,
    cast(coalesce(call.cost, other.cost) as decimal(18, 12)) as reported_cost_usd,
    coalesce(call.usage.max_tokens, other.usage.max_tokens) as max_tokens_requested,
    coalesce(call.temperature, other.temperature) as temperature,
    sent.prompt_hash as prompt_hash,
    sent.system_prompt_hash as system_prompt_hash,
    sent.system_prompt_chars as system_prompt_chars,
    sent.input_chars as input_chars,
    sent.prefix_hashes as prefix_hashes,
    sent.prefix_chars as prefix_chars,
    coalesce(call.output_hash, other.output_hash) as output_hash,
    coalesce(call.output_chars, other.output_chars) as output_chars,
    coalesce(call.item_hashes, other.item_hashes) as embedding_item_hashes,
    coalesce(call.item_chars, other.item_chars) as embedding_item_chars,
    coalesce(call.usage.dimensions, other.usage.dimensions) as embedding_dimensions,
    passed_over
from rows
;
