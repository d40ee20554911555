-- Which spans are calls of a model, whose, and how they ended -----------------------------------------------
-- The operation of a span that is one call to a model, or NULL. The clearest mark comes first: agents and
-- chains carry models and summed usage too.
create or replace temp macro otel_operation(a, name, span_kind) as
    case
        when logfire_is_pending(a)
        then null
        when coalesce(a['openinference.span.kind'], span_kind, 'UNKNOWN') <> 'UNKNOWN'
        then openinference_operation(coalesce(a['openinference.span.kind'], span_kind))
        when a['traceloop.span.kind'] is not null
        then null
        when a['ai.operationId'] is not null
        then vercel_operation(a['ai.operationId'])
        when a['gen_ai.operation.name'] is not null
        then genai_operation(a['gen_ai.operation.name'])
        when a['llm.request.type'] is not null
        then openllmetry_operation(a['llm.request.type'])
        when claude_code_is_call(name)
        then 'chat'
        when coalesce(a['agent_name'], a['gen_ai.agent.name'], a['gen_ai.tool.name']) is not null
        then null
        when coalesce(a['gen_ai.request.model'], a['gen_ai.response.model']) is not null
        then 'chat'
    end
;

-- Why a span is not a request: the usage of an agent or a chain is the sum of the calls below it.
create or replace temp macro otel_no_call(a) as
    case
        when
            coalesce(
                genai_input(a), openinference_input(a), vercel_input(a), a['gen_ai.aggregated_usage.input_tokens']
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
