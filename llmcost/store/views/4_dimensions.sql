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
    files.path as file,
    files.format as format,
    tags
from priced_requests
left join files on priced_requests.file_id = files.file_id
;
