-- What a price by the size of a request looks at. The sum over the calls of a run tells of no call how large
-- it was; then the usual price counts.
create or replace temp macro size_of_call(input_tokens, usage_basis) as
    case when usage_basis = 'run' then 0 else coalesce(input_tokens, 0) end
;

-- Requests as they were logged; what was kept of pruned ones is added by 7_summaries.sql.
create or replace temp view counted_requests as
select
    * replace (
        possible(input_tokens) as input_tokens,
        possible(cache_read_input_tokens) as cache_read_input_tokens,
        possible(cache_write_input_tokens) as cache_write_input_tokens,
        possible(cache_write_5m_input_tokens) as cache_write_5m_input_tokens,
        possible(cache_write_1h_input_tokens) as cache_write_1h_input_tokens,
        possible(input_audio_tokens) as input_audio_tokens,
        possible(input_image_tokens) as input_image_tokens,
        possible(cache_read_audio_tokens) as cache_read_audio_tokens,
        possible(cache_read_image_tokens) as cache_read_image_tokens,
        possible(output_tokens) as output_tokens,
        possible(reasoning_output_tokens) as reasoning_output_tokens,
        possible(output_audio_tokens) as output_audio_tokens,
        possible(output_image_tokens) as output_image_tokens,
        possible(total_tokens_reported) as total_tokens_reported,
        possible(max_tokens_requested) as max_tokens_requested,
        possible(system_prompt_chars) as system_prompt_chars,
        possible(input_chars) as input_chars,
        possible(output_chars) as output_chars,
        possible_searches(web_search_requests) as web_search_requests,
        possible_searches(file_search_requests) as file_search_requests,
        possible_searches(x_search_requests) as x_search_requests,
        possible_searches(code_interpreter_requests) as code_interpreter_requests,
        possible_searches(billed_units) as billed_units
    ),
    is_impossible(
        greatest(
            input_tokens,
            cache_read_input_tokens,
            cache_write_input_tokens,
            cache_write_1h_input_tokens,
            input_audio_tokens,
            input_image_tokens,
            cache_read_audio_tokens,
            cache_read_image_tokens,
            output_tokens,
            reasoning_output_tokens,
            output_audio_tokens,
            output_image_tokens
        ),
        least(
            input_tokens,
            cache_read_input_tokens,
            cache_write_input_tokens,
            cache_write_1h_input_tokens,
            input_audio_tokens,
            input_image_tokens,
            cache_read_audio_tokens,
            cache_read_image_tokens,
            output_tokens,
            reasoning_output_tokens,
            output_audio_tokens,
            output_image_tokens
        ),
        greatest(web_search_requests, file_search_requests, x_search_requests, code_interpreter_requests, billed_units),
        least(web_search_requests, file_search_requests, x_search_requests, code_interpreter_requests, billed_units)
    ) as is_impossible,
    cast(null as price_status) as kept_status,
    size_of_call(possible(input_tokens), usage_basis) as call_tokens
from requests
;

create or replace temp view all_counted as
from counted_requests
;

-- Every token stands in exactly one leaf, so nothing is paid twice.
create or replace temp view leaves as
with
    parts as (
        select
            * replace (
                -- all attempts and fallbacks of one call of a LiteLLM client share its trace; not
                -- stored a second time
                coalesce(logical_request_id, case when gateway = 'litellm' then trace_id end, request_id) as logical_request_id
            ),
            coalesce(response_model, request_model) as model_named,
            input_tokens
            - coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_write_input_tokens, 0)
            - (coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0))
            - (coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0)) as text_input_tokens,
            coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0) as audio_input_tokens,
            coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0) as image_input_tokens,
            coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_read_audio_tokens, 0)
            - coalesce(cache_read_image_tokens, 0) as text_read_tokens,
            coalesce(cache_write_input_tokens, 0) - coalesce(cache_write_1h_input_tokens, 0) as short_write_tokens,
            -- most requests have text alone, and what is not there need not be multiplied
            coalesce(
                input_audio_tokens,
                input_image_tokens,
                cache_read_audio_tokens,
                cache_read_image_tokens,
                output_audio_tokens,
                output_image_tokens,
                web_search_requests,
                file_search_requests,
                x_search_requests,
                code_interpreter_requests,
                billed_units
            )
            is not null as has_other_kinds,
            output_tokens
            - coalesce(reasoning_output_tokens, 0)
            - coalesce(output_audio_tokens, 0)
            - coalesce(output_image_tokens, 0) as text_output_tokens
        from all_counted
    )
select
    * exclude (is_impossible, kept_status),
    -- what the usage alone says of the cost; judged before the joins, where it is cheaper
    case
            when kept_status is not null
            then kept_status
            when gateway_cache_hit
            then cast('gateway cache' as price_status)
            when is_impossible
            then cast('impossible count' as price_status)
            when usage_source <> 'provider' or input_tokens is null or output_tokens is null
            then case when status = 'error' and usage_source = 'missing' then cast('no usage' as price_status) else cast('usage missing' as price_status) end
            when
                least(
                    text_input_tokens,
                    text_read_tokens,
                    audio_input_tokens,
                    image_input_tokens,
                    short_write_tokens,
                    text_output_tokens
                )
                < 0
            then cast('bad usage' as price_status)
            else cast('priced' as price_status)
        end as usage_status
from parts
;
