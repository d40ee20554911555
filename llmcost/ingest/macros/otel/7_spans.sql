-- Spans with what they say of their call ------------------------------------------------------------------
-- `spans` names a CTE with file_id, trace_id, span_id, parent_id, name, span_kind, scope_name, scope_version,
-- started, ended, status_code, message, first_chunk, exception, and two maps of attributes: `a` of the
-- span, `r` of its resource. Neither attributes nor texts go further.
create or replace temp macro otel_spans(spans) as table
with
    named as (
        select *, otel_operation(a, name, span_kind) as operation from query_table(spans)
    ),
    opened as (
        select
            *,
            case when operation is not null then otel_opened(a) end as opened,
            case when operation is not null then utc(started) end as started_at
        from named
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
    )
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
                usage,
                used,
                prompt,
                answer,
                items
            )
    end as call
from resolved
;
