-- Spans as requests ---------------------------------------------------------------------------------------
-- One row each; `spans` as in otel_spans.
create or replace temp macro otel_requests(spans) as table
with
    reduced as materialized (from otel_spans(spans)),
    ranked as materialized (from otel_nested('reduced')),
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
    coalesce(call.caller.session_id, other.caller.session_id) as session_id,
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
    coalesce(call.usage.searches, other.usage.searches) as web_search_requests,
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
    coalesce(call.caller.key_id, other.caller.key_id) as api_key_id,
    coalesce(call.caller.key_alias, other.caller.key_alias) as api_key_alias,
    coalesce(call.caller.team_id, other.caller.team_id) as team_id,
    coalesce(call.caller.team_alias, other.caller.team_alias) as team_alias,
    coalesce(call.caller.organization_id, other.caller.organization_id) as organization_id,
    coalesce(call.caller.project_id, other.caller.project_id) as project_id,
    coalesce(call.caller.user_id, other.caller.user_id) as user_id,
    coalesce(call.caller.end_user_id, other.caller.end_user_id) as end_user_id,
    coalesce(call.caller.case_id, other.caller.case_id) as case_id,
    coalesce(call.caller.case_run, other.caller.case_run) as case_run,
    nullif(
        list_concat(
            case when call.caller.environment is not null then [call.caller.environment] end, coalesce(call.caller.tags, other.caller.tags)
        ),
        []
    ) as tags,
    nullif(concat_ws(' ', scope_name, scope_version), '') as emitter_version,
    cast(coalesce(call.cost, other.cost) as decimal(18, 12)) as reported_cost_usd,
    coalesce(call.usage.max_tokens, other.usage.max_tokens) as max_tokens_requested,
    coalesce(call.temperature, other.temperature) as temperature,
    coalesce(call.response_choices, other.response_choices) as response_choices,
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
