-- One row per attempt that a gateway, tracer or provider logged. NULL means "not reported", never 0.
create table requests (
    request_id varchar not null,
    response_id varchar,
    trace_id varchar,
    session_id varchar,
    dedupe_key ubigint not null,
    file_id integer not null,
    started_at timestamp not null,
    is_file_time boolean,  -- true: the log has no time, started_at is the file's
    first_token_at timestamp,
    ended_at timestamp,
    gateway varchar,
    provider_name varchar,
    request_model varchar,
    model_group varchar,
    response_model varchar,
    deployment_id varchar,
    operation_name varchar not null,
    input_tokens bigint,  -- total, cache reads and writes included
    cache_read_input_tokens bigint,
    cache_write_input_tokens bigint,  -- 5m and 1h together
    cache_write_5m_input_tokens bigint,
    cache_write_1h_input_tokens bigint,
    input_audio_tokens bigint,
    output_tokens bigint,  -- total, reasoning included
    reasoning_output_tokens bigint,
    output_audio_tokens bigint,
    total_tokens_reported bigint,
    web_search_requests bigint,
    usage_source varchar not null,  -- provider | gateway_estimate | missing
    usage_basis varchar not null,  -- how input_tokens was made: inclusive | exclusive | writes_outside | iterations
    service_tier varchar,
    speed varchar,
    inference_geo varchar,
    is_batch boolean not null,
    status varchar not null,  -- ok | error | cancelled
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
    user_id varchar,
    end_user_id varchar,
    tags varchar[],
    gateway_cache_hit boolean,
    reported_cost_usd decimal(18, 12),
    max_tokens_requested bigint,
    temperature double
);

-- The ledger: what was read of which file. A file that is read again keeps its id.
create table files (
    file_id integer not null,
    path varchar not null,
    format varchar not null,
    size_bytes bigint not null,
    modified_ns bigint not null,
    inode ubigint not null,
    ingested_at timestamp not null
);

-- Every line that could not be understood; never its text.
create table rejects (file_id integer not null, line bigint not null, reason varchar not null);
