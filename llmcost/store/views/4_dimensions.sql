-- What one token costs under the contract. Any number of tokens times this is exact in decimal(38, 21).
create or replace temp macro paid_usd_per_token(rate, multiplier) as
    cast(
        cast(cast(rate as decimal(17, 9)) * cast(coalesce(multiplier, 1) as decimal(8, 6)) as decimal(25, 15))
        * cast(0.000001 as decimal(7, 6))
        as decimal(26, 21)
    )
;

-- What `--by` and `--where` may name: these and every column above.
create or replace temp view dimensions as
select
    priced_requests.* exclude (deployment_id, tags, price, rule_id, computed_usd),
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
    cast(started_at as date) as day,
    strftime(started_at, '%Y-%m-%dT%H:00Z') as hour,
    strftime(started_at, '%G-W%V') as week,
    strftime(started_at, '%Y-%m') as month,
    epoch_us(started_at) as started_us,
    epoch_us(first_token_at) as first_token_us,
    epoch_us(ended_at) as ended_us,
    -- what the detectors of waste reckon with; none where nothing is paid by the token
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

-- What a token costs at each price, under the contract; requests of one price share its number.
create or replace temp view paid_rates as
select
    price_no,
    paid_usd_per_token(input, multiplier) as input_usd_per_token,
    paid_usd_per_token(cache_read, multiplier) as cache_read_usd_per_token,
    paid_usd_per_token(cache_write, multiplier) as cache_write_usd_per_token,
    paid_usd_per_token(cache_write_1h, multiplier) as cache_write_1h_usd_per_token
from prices
;
