/*
title: Requests of cases
answers: What is to be kept of each request, so that it can be priced again and explained where it cost more?
inputs: [traced]
*/
select
    case_name,
    run_name,
    case when route <> operation_name then route end as route,
    logical_request_id,
    operation_name,
    provider_name,
    request_model,
    response_model,
    deployment_id,
    service_tier,
    speed,
    inference_geo,
    search_context_size,
    billed_unit,
    is_batch,
    status,
    usage_source,
    -- counts are of the whole input, however they were written; those of a run are of several calls
    case when usage_basis = 'run' then 'run' else 'inclusive' end as usage_basis,
    gateway_cache_hit,
    input_tokens,
    cache_read_input_tokens,
    cache_write_input_tokens,
    cache_write_1h_input_tokens,
    input_audio_tokens,
    cache_read_audio_tokens,
    input_image_tokens,
    cache_read_image_tokens,
    output_tokens,
    reasoning_output_tokens,
    output_audio_tokens,
    output_image_tokens,
    web_search_requests,
    file_search_requests,
    x_search_requests,
    code_interpreter_requests,
    billed_units,
    retry_count,
    started_us,
    ended_us
from traced
where case_name is not null
order by case_name, run_name nulls first, started_us, request_id, dedupe_key
