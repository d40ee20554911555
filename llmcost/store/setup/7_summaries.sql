-- What was kept of pruned requests, as requests again: as many as they were, and together what they were. All
-- requests of a summary have something to pay at the same rates, so that each here has one token where each
-- of
-- them had some, and the first has the rest. What reads single requests leaves them out: `usage_basis` is
-- `run`.
create or replace temp macro share_of(total, requests, each_has, number) as
    case when number = 0 then total - (requests - 1) * (each_has) when total is not null then each_has end
;

create or replace temp macro has_some(usage_status, total) as
    case when usage_status = 'priced' and coalesce(total, 0) > 0 then 1 else 0 end
;

create or replace temp view summarized_requests as
with
    parts as (
        select
            *,
            has_some(
                usage_status,
                input_tokens
                - coalesce(cache_read_input_tokens, 0)
                - coalesce(cache_write_input_tokens, 0)
                - (coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0))
                - (coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0))
            ) as text_input,
            has_some(usage_status, coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0)) as audio_input,
            has_some(usage_status, coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0)) as image_input,
            has_some(
                usage_status,
                coalesce(cache_read_input_tokens, 0)
                - coalesce(cache_read_audio_tokens, 0)
                - coalesce(cache_read_image_tokens, 0)
            ) as text_read,
            has_some(usage_status, cache_read_audio_tokens) as audio_read,
            has_some(usage_status, cache_read_image_tokens) as image_read,
            has_some(
                usage_status, coalesce(cache_write_input_tokens, 0) - coalesce(cache_write_1h_input_tokens, 0)
            ) as short_write,
            has_some(usage_status, cache_write_1h_input_tokens) as long_write,
            has_some(
                usage_status,
                output_tokens
                - coalesce(reasoning_output_tokens, 0)
                - coalesce(output_audio_tokens, 0)
                - coalesce(output_image_tokens, 0)
            ) as text_output,
            has_some(usage_status, reasoning_output_tokens) as reasoning,
            has_some(usage_status, output_audio_tokens) as audio_output,
            has_some(usage_status, output_image_tokens) as image_output,
            has_some(usage_status, web_search_requests) as web_search,
            has_some(usage_status, file_search_requests) as file_search,
            has_some(usage_status, x_search_requests) as x_search,
            has_some(usage_status, code_interpreter_requests) as code_interpreter
        from summaries
    ),
    numbered as (select *, unnest(range(requests)) as number from parts)
select
    concat('summary-', summary_id, '-', number) as request_id,
    hash('summary', summary_id, number) as dedupe_key,
    started_at,
    is_file_time,
    gateway,
    provider_name,
    request_model,
    model_group,
    response_model,
    deployment_id,
    operation_name,
    usage_source,
    service_tier,
    speed,
    inference_geo,
    search_context_size,
    is_batch,
    status,
    http_status_code,
    error_type,
    finish_reason,
    is_stream,
    api_key_id,
    api_key_alias,
    team_id,
    team_alias,
    project_id,
    organization_id,
    gateway_cache_hit,
    fallback_index,
    region,
    name_id,
    share_of(input_tokens, requests, text_input + audio_input + image_input + text_read + audio_read + image_read + short_write + long_write, number) as input_tokens,
    share_of(cache_read_input_tokens, requests, text_read + audio_read + image_read, number) as cache_read_input_tokens,
    share_of(cache_write_input_tokens, requests, short_write + long_write, number) as cache_write_input_tokens,
    share_of(cache_write_5m_input_tokens, requests, 0, number) as cache_write_5m_input_tokens,
    share_of(cache_write_1h_input_tokens, requests, long_write, number) as cache_write_1h_input_tokens,
    share_of(input_audio_tokens, requests, audio_input + audio_read, number) as input_audio_tokens,
    share_of(input_image_tokens, requests, image_input + image_read, number) as input_image_tokens,
    share_of(cache_read_audio_tokens, requests, audio_read, number) as cache_read_audio_tokens,
    share_of(cache_read_image_tokens, requests, image_read, number) as cache_read_image_tokens,
    share_of(output_tokens, requests, text_output + reasoning + audio_output + image_output, number) as output_tokens,
    share_of(reasoning_output_tokens, requests, reasoning, number) as reasoning_output_tokens,
    share_of(output_audio_tokens, requests, audio_output, number) as output_audio_tokens,
    share_of(output_image_tokens, requests, image_output, number) as output_image_tokens,
    share_of(total_tokens_reported, requests, 0, number) as total_tokens_reported,
    share_of(web_search_requests, requests, web_search, number) as web_search_requests,
    share_of(file_search_requests, requests, file_search, number) as file_search_requests,
    share_of(x_search_requests, requests, x_search, number) as x_search_requests,
    share_of(code_interpreter_requests, requests, code_interpreter, number) as code_interpreter_requests,
    share_of(reported_cost_usd, requests, 0, number) as reported_cost_usd,
    'run' as usage_basis,
    'summary' as usage_evidence,
    false as is_impossible,
    cast(usage_status as price_status) as kept_status,
    call_tokens
from numbered
;

create or replace temp view all_counted as
from counted_requests
union all by name
from summarized_requests
;
