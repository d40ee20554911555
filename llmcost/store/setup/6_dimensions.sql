-- The zone that days and hours are given in: UTC, until a scope says otherwise.
create or replace temp macro local_time(utc_time) as utc_time
;

create or replace temp macro local_hour(utc_time) as strftime(utc_time, '%Y-%m-%dT%H:00Z')
;

-- An `in` of so many would be a join in DuckDB, made also where this is not asked for.
-- To look into a list takes longer.
create or replace temp macro is_filtered(finish_reason) as
    coalesce(finish_reason = 'content_filter' or finish_reason = 'content-filter' or finish_reason = 'content_filtered' or finish_reason = 'guardrail_intervened' or finish_reason = 'refusal' or finish_reason = 'SAFETY' or finish_reason = 'RECITATION' or finish_reason = 'BLOCKLIST' or finish_reason = 'PROHIBITED_CONTENT' or finish_reason = 'SPII' or finish_reason = 'IMAGE_SAFETY', false)
;

-- Whether a gateway refused a request by its own limits, budgets or keys: then it reached no provider.
-- LiteLLM names its errors so; of other gateways the format says it in this word, where it can tell.
create or replace temp macro is_refused(gateway, http_status_code, error_type) as
    error_type = 'refused_by_gateway'
    or error_type = 'ProxyRateLimitError'
    or error_type = 'BudgetExceededError'
    or error_type = 'RouterRateLimitError'
    or error_type = 'RouterRateLimitErrorBasic'
    or (
        gateway = 'litellm'
        and (error_type = 'ProxyException' or error_type = 'HTTPException' or error_type = 'KeyNotFoundError')
        and list_has_any([401, 402, 403, 422, 429], [http_status_code])
    )
;

-- One word for why a request failed, whoever wrote it. Codes tell more than names; what was cut
-- by a filter did not succeed, whatever its status.
create or replace temp macro error_kind(status, http_status_code, error_type, finish_reason, gateway) as
    case
        when
            status = 'ok'
            and not is_filtered(finish_reason)
        then null
        when status <> 'ok' and is_refused(gateway, http_status_code, error_type)
        then 'refused_by_gateway'
        when status = 'ok' or regexp_matches(error_type, 'content.*filter|content.*polic|guardrail|safety', 'i')
        then 'content_filter'
        when regexp_matches(error_type, 'context.*length|context.*window|too_long|max.*context', 'i')
        then 'context_length'
        when
            http_status_code = 429
            or regexp_matches(error_type, 'rate.*limit|throttl|resource.*exhausted|quota|too.*many', 'i')
        then 'rate_limit'
        when http_status_code in (408, 504, 524) or regexp_matches(error_type, 'time.*out|deadline', 'i')
        then 'timeout'
        when http_status_code in (401, 403) or regexp_matches(error_type, 'auth|permission|forbidden', 'i')
        then 'auth'
        when status = 'cancelled' or http_status_code = 499 or regexp_matches(error_type, 'cancel|abort', 'i')
        then 'cancelled'
        when
            http_status_code >= 500
            or regexp_matches(error_type, 'overloaded|server|unavailable|internal|connection', 'i')
        then 'model_error'
        when http_status_code >= 400 or regexp_matches(error_type, 'invalid|bad.*request|not.*found', 'i')
        then 'invalid_request'
        else 'other'
    end
;

-- What `--by` and `--where` may name: these and every column above.
create or replace temp view dimensions as
select
    priced_requests.* exclude (deployment_id, tags, price, quantities, rule_id, computed_usd),
    coalesce(book_model, model_named) as model,
    coalesce(book_provider, provider_name) as provider,
    coalesce(api_key_alias, api_key_id) as key,
    coalesce(team_alias, team_id) as team,
    user_id as "user",
    end_user_id as end_user,
    project_id as project,
    organization_id as organization,
    operation_name as operation,
    session_id as session,
    trace_id as trace,
    deployment_id as deployment,
    deployment_id,
    gateway_cache_hit as cache_hit,
    is_stream as stream,
    cast(local_time(started_at) as date) as day,
    local_hour(started_at) as hour,
    strftime(local_time(started_at), '%G-W%V') as week,
    strftime(local_time(started_at), '%Y-%m') as month,
    epoch_us(started_at) as started_us,
    date_diff('day', date '1970-01-01', cast(started_at as date)) as day_number,
    epoch_us(first_token_at) as first_token_us,
    epoch_us(ended_at) as ended_us,
    case when ended_at >= started_at then epoch_us(ended_at) - epoch_us(started_at) end as duration_us,
    -- some write the end as the first token's time where nothing was streamed
    case
        when is_stream is not false and first_token_at >= started_at and (is_stream or first_token_at < ended_at)
        then epoch_us(first_token_at) - epoch_us(started_at)
    end as first_token_wait_us,
    error_kind(status, http_status_code, error_type, finish_reason, gateway) as error_kind,
    -- `in` of so many is a join in DuckDB, made also where this column is not asked for
    case
        when finish_reason is not null
        then list_has_any(['length', 'max_tokens', 'max_output_tokens', 'MAX_TOKENS', 'model_length', 'model_context_window_exceeded'], [finish_reason])
    end as is_truncated,
    -- what the gateway's own cache spared, at this price
    case when gateway_cache_hit then contract_cost(computed_usd, multiplier) end as gateway_saved_usd,
    -- what the detectors of waste compute with; none where nothing is paid by the token
    case when price_status = 'priced' then paid_usd_per_token(price.input, multiplier) end as input_usd_per_token,
    files.path as file,
    files.format as format,
    tags
from priced_requests
-- grouped, so that the join is known to give one row each, and is left out where nothing of it is asked for
left join
    (select file_id, max(path) as path, max(format) as format from files group by file_id) as files
    on priced_requests.file_id = files.file_id
;
