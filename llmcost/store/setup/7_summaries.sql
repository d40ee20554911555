-- What was kept of pruned requests, as requests again: as many as they were, and together what they
-- were. All requests of a summary have something to pay at the same rates, so that each here has one
-- token where each of them had some, and the first has the rest. What reads single requests leaves
-- them out: `usage_basis` is `run`.
create or replace temp macro of_summary(total, requests, each_has, number) as
    case when number = 0 then total - (requests - 1) * (each_has) when total is not null then each_has end
;

create or replace temp macro summary_has(usage_status, total) as
    case when usage_status = 'priced' and coalesce(total, 0) > 0 then 1 else 0 end
;

create or replace temp view summarized_requests as
with
    parts as (
        select
            *,
            summary_has(
                usage_status,
                input_tokens
                - coalesce(cache_read_input_tokens, 0)
                - coalesce(cache_write_input_tokens, 0)
                - (coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0))
                - (coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0))
            ) as text_input,
            summary_has(usage_status, coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0)) as audio_input,
            summary_has(usage_status, coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0)) as image_input,
            summary_has(
                usage_status,
                coalesce(cache_read_input_tokens, 0)
                - coalesce(cache_read_audio_tokens, 0)
                - coalesce(cache_read_image_tokens, 0)
            ) as text_read,
            summary_has(usage_status, cache_read_audio_tokens) as audio_read,
            summary_has(usage_status, cache_read_image_tokens) as image_read,
            summary_has(
                usage_status, coalesce(cache_write_input_tokens, 0) - coalesce(cache_write_1h_input_tokens, 0)
            ) as short_write,
            summary_has(usage_status, cache_write_1h_input_tokens) as long_write,
            summary_has(
                usage_status,
                output_tokens
                - coalesce(reasoning_output_tokens, 0)
                - coalesce(output_audio_tokens, 0)
                - coalesce(output_image_tokens, 0)
            ) as text_output,
            summary_has(usage_status, reasoning_output_tokens) as reasoning,
            summary_has(usage_status, output_audio_tokens) as audio_output,
            summary_has(usage_status, output_image_tokens) as image_output,
            summary_has(usage_status, web_search_requests) as web_search,
            summary_has(usage_status, file_search_requests) as file_search,
            summary_has(usage_status, x_search_requests) as x_search,
            summary_has(usage_status, code_interpreter_requests) as code_interpreter,
            summary_has(usage_status, billed_units) as has_units
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
    billed_unit,
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
    of_summary(input_tokens, requests, text_input + audio_input + image_input + text_read + audio_read + image_read + short_write + long_write, number) as input_tokens,
    of_summary(cache_read_input_tokens, requests, text_read + audio_read + image_read, number) as cache_read_input_tokens,
    of_summary(cache_write_input_tokens, requests, short_write + long_write, number) as cache_write_input_tokens,
    of_summary(cache_write_5m_input_tokens, requests, 0, number) as cache_write_5m_input_tokens,
    of_summary(cache_write_1h_input_tokens, requests, long_write, number) as cache_write_1h_input_tokens,
    of_summary(input_audio_tokens, requests, audio_input + audio_read, number) as input_audio_tokens,
    of_summary(input_image_tokens, requests, image_input + image_read, number) as input_image_tokens,
    of_summary(cache_read_audio_tokens, requests, audio_read, number) as cache_read_audio_tokens,
    of_summary(cache_read_image_tokens, requests, image_read, number) as cache_read_image_tokens,
    of_summary(output_tokens, requests, text_output + reasoning + audio_output + image_output, number) as output_tokens,
    of_summary(reasoning_output_tokens, requests, reasoning, number) as reasoning_output_tokens,
    of_summary(output_audio_tokens, requests, audio_output, number) as output_audio_tokens,
    of_summary(output_image_tokens, requests, image_output, number) as output_image_tokens,
    of_summary(total_tokens_reported, requests, 0, number) as total_tokens_reported,
    of_summary(web_search_requests, requests, web_search, number) as web_search_requests,
    of_summary(file_search_requests, requests, file_search, number) as file_search_requests,
    of_summary(x_search_requests, requests, x_search, number) as x_search_requests,
    of_summary(code_interpreter_requests, requests, code_interpreter, number) as code_interpreter_requests,
    of_summary(billed_units, requests, has_units, number) as billed_units,
    of_summary(reported_cost_usd, requests, 0, number) as reported_cost_usd,
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
