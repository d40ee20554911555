-- All that one span says of its call, whichever convention says it ------------------------------------------
-- What an application says of a call, in each SDK's way.
create or replace temp macro otel_metadata(a, name) as
    coalesce(
        a[concat('metadata.', name)],
        a[concat('traceloop.association.properties.', name)],
        a[concat('ai.telemetry.metadata.', name)]
    )
;

-- Who made a call, and for what: as the conventions, Langfuse, LiteLLM's keys and the application say it.
create or replace temp macro otel_caller(a, r, opened) as
    struct_pack(
        session_id := coalesce(
            a['gen_ai.conversation.id'],
            a['session.id'],
            a['langfuse.session.id'],
            opened.metadata.session_id,
            otel_metadata(a, 'session_id'),
            otel_metadata(a, 'sessionId')
        ),
        user_id := coalesce(
            a['user.id'], a['langfuse.user.id'], opened.metadata.user_id, otel_metadata(a, 'user_id'), otel_metadata(a, 'userId')
        ),
        end_user_id := coalesce(a['enduser.id'], a['gen_ai.user'], opened.parameters.user),
        key_id := coalesce(opened.metadata.user_api_key_hash, otel_metadata(a, 'user_api_key_hash')),
        key_alias := coalesce(opened.metadata.user_api_key_alias, otel_metadata(a, 'user_api_key_alias')),
        team_id := coalesce(opened.metadata.user_api_key_team_id, otel_metadata(a, 'user_api_key_team_id')),
        team_alias := coalesce(opened.metadata.user_api_key_team_alias, otel_metadata(a, 'user_api_key_team_alias')),
        organization_id := coalesce(a['organization.id'], opened.metadata.user_api_key_org_id, otel_metadata(a, 'user_api_key_org_id')),
        project_id := coalesce(r['openinference.project.name'], r['service.name']),
        case_id := coalesce(openinference_case(a), otel_metadata(a, case_key())),
        case_run := coalesce(opened.metadata.test_run, otel_metadata(a, 'test_run')),
        environment := coalesce(r['deployment.environment.name'], r['deployment.environment']),
        tags := try(from_json(coalesce(a['tag.tags'], a['langfuse.trace.tags']), '["VARCHAR"]'))
    )
;

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
                    genai_first_token_ms(a),
                    try_cast(coalesce(a['ai.response.msToFirstChunk'], claude_code_first_token_ms(a)) as double)
                )
            ),
            otel_end(first_chunk)
        ),
        response_id := coalesce(
            a['gen_ai.response.id'], openllmetry_response_id(a), a['ai.response.id'], openinference_response_id(a)
        ),
        client_id := claude_code_id(a, name),
        caller := otel_caller(a, r, opened),
        provider_name := otel_provider(
            coalesce(genai_provider(a), a['llm.provider'], vercel_provider(a), a['llm.system']),
            coalesce(openllmetry_address(a), a['server.address'])
        ),
        request_model := coalesce(
            a['gen_ai.request.model'],
            openinference_request_model(a),
            openllmetry_request_model(a),
            a['ai.model.id'],
            opened.parameters.model,
            claude_code_model(a)
        ),
        response_model := coalesce(
            a['gen_ai.response.model'],
            openinference_response_model(a),
            openllmetry_response_model(a),
            a['ai.response.model'],
            openinference_model(a)
        ),
        usage := usage,
        used := used,
        service_tier := otel_word(genai_service_tier(a)),
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
                genai_finish_reason(a),
                a['llm.response.finish_reason'],
                a['llm.finish_reason'],
                a['anthropic.message.stop_reason'],
                a['ai.response.finishReason'],
                a['gen_ai.completion.0.finish_reason'],
                claude_code_finish_reason(a)
            )
        ),
        is_stream := flag(coalesce(genai_stream(a), openllmetry_stream(a), opened.parameters.stream, vercel_stream(a))),
        retries := coalesce(
            try_cast(a['http.request.resend_count'] as integer),
            try_cast(coalesce(a['gen_ai.request.attempt'], claude_code_attempts(a)) as integer) - 1
        ),
        cost := try_cast(
            coalesce(genai_cost(a), a['llm.cost.total'], a['operation.cost'], vercel_cost(a)) as double
        ),
        temperature := try_cast(
            coalesce(
                a['gen_ai.request.temperature'], a['ai.settings.temperature'], opened.parameters.temperature
            ) as double
        ),
        response_choices := otel_choices(a, opened.parameters),
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
