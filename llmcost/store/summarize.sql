-- The requests before a moment as summaries: those of a day that have the same name, key and outcome,
-- the same price, and something to pay at the same rates, so that what they cost is what their sums cost.
with
    old as (
        select
            *,
            size_of_call(input_tokens, usage_basis) as call_tokens,
            case
                when
                    price_status
                    in ('gateway cache', 'impossible count', 'no usage', 'usage missing', 'bad usage')
                then cast(price_status as varchar)
                else 'priced'
            end as usage_status
        from priced_requests
        where started_at < $before and usage_evidence is distinct from 'summary'
    ),
    placed as (
        select
            *,
            -- other books may have other prices for it: which of the sizes that prices begin at it is over
            len(list_filter($sizes, lambda size:call_tokens > size)) as size_class,
            [
                sign(quantities.input),
                sign(quantities.cache_read),
                sign(quantities.cache_write),
                sign(quantities.cache_write_1h),
                sign(quantities.output),
                sign(quantities.reasoning),
                sign(quantities.cache_read_audio),
                sign(quantities.cache_read_image),
                sign(quantities.input_audio),
                sign(quantities.input_image),
                sign(quantities.output_audio),
                sign(quantities.output_image),
                sign(quantities.web_search),
                sign(quantities.file_search),
                sign(quantities.x_search),
                sign(quantities.code_interpreter),
                sign(quantities.units)
            ] as what_is_paid,
            [
                input_tokens is null,
                cache_read_input_tokens is null,
                cache_write_input_tokens is null,
                cache_write_5m_input_tokens is null,
                cache_write_1h_input_tokens is null,
                input_audio_tokens is null,
                input_image_tokens is null,
                cache_read_audio_tokens is null,
                cache_read_image_tokens is null,
                output_tokens is null,
                reasoning_output_tokens is null,
                output_audio_tokens is null,
                output_image_tokens is null,
                total_tokens_reported is null,
                web_search_requests is null,
                file_search_requests is null,
                x_search_requests is null,
                code_interpreter_requests is null,
                billed_units is null,
                reported_cost_usd is null
            ] as what_is_unknown,
            date_trunc('day', started_at) + interval 12 hour as noon,
            coalesce(
                price.is_always and noon >= price.valid_from and noon < price.valid_to, price_no is null
            ) as is_all_day
        from old
    ),
    summed as (
        select
            case when is_all_day then noon else min(date_trunc('minute', started_at)) end as moment,
            count(*) as summed_requests,
            usage_status,
            max(call_tokens) as call_tokens,
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
            cast(sum(input_tokens) as bigint) as input_tokens,
            cast(sum(cache_read_input_tokens) as bigint) as cache_read_input_tokens,
            cast(sum(cache_write_input_tokens) as bigint) as cache_write_input_tokens,
            cast(sum(cache_write_5m_input_tokens) as bigint) as cache_write_5m_input_tokens,
            cast(sum(cache_write_1h_input_tokens) as bigint) as cache_write_1h_input_tokens,
            cast(sum(input_audio_tokens) as bigint) as input_audio_tokens,
            cast(sum(input_image_tokens) as bigint) as input_image_tokens,
            cast(sum(cache_read_audio_tokens) as bigint) as cache_read_audio_tokens,
            cast(sum(cache_read_image_tokens) as bigint) as cache_read_image_tokens,
            cast(sum(output_tokens) as bigint) as output_tokens,
            cast(sum(reasoning_output_tokens) as bigint) as reasoning_output_tokens,
            cast(sum(output_audio_tokens) as bigint) as output_audio_tokens,
            cast(sum(output_image_tokens) as bigint) as output_image_tokens,
            cast(sum(total_tokens_reported) as bigint) as total_tokens_reported,
            cast(sum(web_search_requests) as bigint) as web_search_requests,
            cast(sum(file_search_requests) as bigint) as file_search_requests,
            cast(sum(x_search_requests) as bigint) as x_search_requests,
            cast(sum(code_interpreter_requests) as bigint) as code_interpreter_requests,
            cast(sum(billed_units) as bigint) as billed_units,
            sum(reported_cost_usd) as reported_cost_usd
        from placed
        group by
            noon,
            is_all_day,
            price_no,
            size_class,
            what_is_paid,
            what_is_unknown,
            usage_status,
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
            name_id
    )
select
    (select coalesce(max(summary_id), 0) from summaries) + row_number() over (
        order by moment, name_id, summed_requests desc, input_tokens, output_tokens
    ) as summary_id,
    $before as pruned_before,
    moment as started_at,
    summed_requests as requests,
    * exclude (moment, summed_requests)
from summed
