-- What is left of requests that were pruned: sums of those of one day, one name and key, one price and one
-- outcome.
-- NULL and 0 are what they were in each of them.
create table summaries (
    summary_id bigint not null,  -- from 1 on
    pruned_before timestamp not null,  -- requests from then on are not in it
    started_at timestamp not null,  -- noon of their day, where their price is the same all day
    requests bigint not null,  -- how many they were
    usage_status varchar not null,  -- what the usage alone said of their cost
    call_tokens bigint not null,  -- the size of the largest of them, for prices by size
    is_file_time boolean,
    gateway varchar,
    provider_name varchar,
    request_model varchar,
    model_group varchar,
    response_model varchar,
    deployment_id varchar,
    operation_name varchar,
    usage_source varchar,
    service_tier varchar,
    speed varchar,
    inference_geo varchar,
    search_context_size varchar,
    is_batch boolean,
    status varchar,
    http_status_code smallint,
    error_type varchar,
    finish_reason varchar,
    is_stream boolean,
    api_key_id varchar,
    api_key_alias varchar,
    team_id varchar,
    team_alias varchar,
    project_id varchar,
    organization_id varchar,
    gateway_cache_hit boolean,
    fallback_index integer,
    region varchar,
    name_id integer,
    input_tokens bigint,
    cache_read_input_tokens bigint,
    cache_write_input_tokens bigint,
    cache_write_5m_input_tokens bigint,
    cache_write_1h_input_tokens bigint,
    input_audio_tokens bigint,
    input_image_tokens bigint,
    cache_read_audio_tokens bigint,
    cache_read_image_tokens bigint,
    output_tokens bigint,
    reasoning_output_tokens bigint,
    output_audio_tokens bigint,
    output_image_tokens bigint,
    total_tokens_reported bigint,
    web_search_requests bigint,
    file_search_requests bigint,
    x_search_requests bigint,
    code_interpreter_requests bigint,
    reported_cost_usd decimal(38, 12)
);
