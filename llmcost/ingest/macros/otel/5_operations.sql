-- Which spans are calls of a model, whose, and how they ended -----------------------------------------------
-- Of what kind a tracer says that a span is, in capitals: LLM, EMBEDDING, AGENT, TOOL, CHAIN, RETRIEVER, ...
create or replace temp macro otel_kind(a, span_kind) as
    nullif(
        upper(coalesce(a['openinference.span.kind'], a['gen_ai.span.kind'], a['langsmith.span.kind'], span_kind)), 'UNKNOWN'
    )
;

-- What a span does by its name, where no attribute tells: the conventions call it by operation and model.
create or replace temp macro otel_named_operation(name) as
    nullif(regexp_extract(name, '^(invoke_agent|create_agent|invoke_workflow|execute_tool|retrieval)\b', 1), '')
;

-- What agents, their tools and workflows say of themselves.
create or replace temp macro otel_is_agent(a) as
    coalesce(
        a['agent_name'],
        a['gen_ai.agent.name'],
        a['gen_ai.agent.id'],
        a['gen_ai.workflow.name'],
        a['gen_ai.tool.name'],
        a['gen_ai.tool.call.id']
    )
    is not null
;

-- Counts, an answer or settings, which only a call has; agents and chains name a model, too.
create or replace temp macro otel_is_answered(a) as
    coalesce(
        genai_input(a),
        genai_output(a),
        genai_total(a),
        openinference_input(a),
        openllmetry_input(a),
        a['gen_ai.response.id'],
        a['gen_ai.response.finish_reasons'],
        a['gen_ai.completion.0.role'],
        a['gen_ai.request.max_tokens'],
        a['gen_ai.request.temperature'],
        genai_stream(a),
        a['request_data'],
        a['response_data']
    )
    is not null
;

-- The operation of a span that is one call to a model, or NULL. The clearest mark comes first: agents and
-- chains carry models and summed usage too.
create or replace temp macro otel_operation(a, name, span_kind) as
    case
        when logfire_is_pending(a)
        then null
        when otel_kind(a, span_kind) is not null
        then openinference_operation(otel_kind(a, span_kind))
        when a['traceloop.span.kind'] is not null
        then null
        when a['ai.operationId'] is not null
        then vercel_operation(a['ai.operationId'])
        when coalesce(a['gen_ai.operation.name'], otel_named_operation(name)) is not null
        then genai_operation(coalesce(a['gen_ai.operation.name'], otel_named_operation(name)))
        when a['llm.request.type'] is not null
        then openllmetry_operation(a['llm.request.type'])
        when claude_code_is_call(name)
        then 'chat'
        when otel_is_agent(a)
        then null
        when coalesce(a['gen_ai.request.model'], a['gen_ai.response.model']) is not null and otel_is_answered(a)
        then 'chat'
    end
;

-- Why a span is not a request: the usage of an agent or a chain is the sum of the calls below it.
create or replace temp macro otel_no_call(a) as
    case
        when
            coalesce(
                genai_input(a),
                openinference_input(a),
                openllmetry_input(a),
                vercel_input(a),
                a['gen_ai.aggregated_usage.input_tokens']
            )
            is not null
        then 'parent of a model call'
        else 'not a model call'
    end
;

create or replace temp macro otel_status(a, code) as
    case
        when contains(lower(a['error.type']), 'cancel') or contains(lower(a['error.type']), 'abort')
        then 'cancelled'
        when
            upper(code) in ('2', 'ERROR', 'STATUS_CODE_ERROR', 'STATUSCODE.ERROR')
            or a['error.type'] is not null
            or claude_code_has_failed(a)
            or try_cast(coalesce(a['http.response.status_code'], a['http.status_code']) as integer) >= 400
        then 'error'
        else 'ok'
    end
;
