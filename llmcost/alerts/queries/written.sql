/*
title: Written
answers: What is in each slot of five minutes, in a few numbers that are others when anything in it is?
inputs: [requests]
params:
  first: 0  # slots since 1970
*/
select
    cast(floor(cast(epoch_us(greatest(ended_at, started_at)) as double) / 300000000) as bigint) as slot,
    count(*) as requests,
    -- of what rules look at and group by; a hash of all columns takes four times as long
    sum(
        hash(
            file_id,
            started_at,
            ended_at,
            first_token_at,
            is_file_time,
            is_stream,
            is_batch,
            gateway_cache_hit,
            gateway,
            status,
            http_status_code,
            error_type,
            finish_reason,
            provider_name,
            request_model,
            response_model,
            service_tier,
            usage_source,
            usage_basis,
            input_tokens,
            output_tokens,
            cache_read_input_tokens,
            cache_write_input_tokens,
            api_key_id,
            api_key_alias,
            team_id,
            team_alias,
            project_id,
            user_id,
            end_user_id
        )
    ) as content,
    -- and of what most logs do not have
    sum(
        coalesce(cache_write_1h_input_tokens, 0)
        + coalesce(reasoning_output_tokens, 0)
        + coalesce(input_audio_tokens, 0)
        + coalesce(input_image_tokens, 0)
        + coalesce(cache_read_audio_tokens, 0)
        + coalesce(cache_read_image_tokens, 0)
        + coalesce(output_audio_tokens, 0)
        + coalesce(output_image_tokens, 0)
        + coalesce(web_search_requests, 0)
        + coalesce(file_search_requests, 0)
        + coalesce(x_search_requests, 0)
        + coalesce(code_interpreter_requests, 0)
        + coalesce(billed_units, 0)
    ) as others,
    max(epoch_us(greatest(ended_at, started_at))) as newest_us
from requests
where
    -- nothing that can fail stands first: most requests of a day before ended then
    started_at >= make_timestamp(cast($first - 288 as bigint) * 300000000)
    and greatest(ended_at, started_at) >= make_timestamp(cast($first as bigint) * 300000000)
    and epoch_us(started_at) >= (slot - 288) * 300000000
group by slot
order by slot
