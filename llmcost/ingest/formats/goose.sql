/*
title: Goose sessions
answers: Rows of the table `sessions` of Goose, or its older session files, one row a session; older versions do not tell cached input apart, and it is priced in full.
source: block/goose crates/goose/src/session/session_manager.rs and providers (Usage, input with the cache in it); ryoppippi/ccusage, which reads the same table; older files by documentation; no record of a real run seen
tables: [sessions]
recognise:
  - {model_config_json: , accumulated_total_tokens: }
  - {model_config_json: , accumulated_input_tokens: }
  - {working_dir: , accumulated_total_tokens: }
  - {working_dir: , message_count: , total_tokens: }
macros: [agents]
required: []
columns:
  id: text
  created_at: time
  created: time
  working_dir: text
  provider_name: text
  model_config_json: json
  role: text
  total_tokens: tokens
  input_tokens: tokens
  output_tokens: tokens
  accumulated_total_tokens: tokens
  accumulated_input_tokens: tokens
  accumulated_output_tokens: tokens
  accumulated_cache_read_tokens: tokens
  accumulated_cache_write_tokens: tokens
  accumulated_cost: number
parsed:
  config: {from: model_config_json, columns: {model_name: text}}
passes_over: [not a model call, no usage in the session]
has_ids: false
*/
with
    -- What is not accumulated is of the last call alone.
    read as (
        select
            *,
            utc(created_at) as logged_at,
            min(utc(created)) over (partition by file_id) as first_at,
            nullif(tokens(coalesce(accumulated_input_tokens, input_tokens)), 0) as input,
            nullif(tokens(coalesce(accumulated_output_tokens, output_tokens)), 0) as output,
            nullif(tokens(coalesce(accumulated_total_tokens, total_tokens)), 0) as total
        from records
    ),
    counted as (
        select
            *,
            coalesce(logged_at, first_at) as begun,
            case
                when role is not null
                then 'not a model call'
                when coalesce(input, 0) + coalesce(output, 0) = 0
                then 'no usage in the session'
            end as passed_over
        from read
    )
select
    passed_over,
    coalesce(id, printf('goose-%x', hash(begun, working_dir))) as request_id,
    coalesce(id, printf('goose-%x', hash(begun, working_dir))) as session_id,
    hash('goose', coalesce(id, working_dir), begun) as dedupe_key,
    file_id,
    coalesce(begun, modified_at) as started_at,
    begun is null as is_file_time,
    'goose' as gateway,
    agent_provider(provider_name) as provider_name,
    config.model_name as response_model,
    'chat' as operation_name,
    input as input_tokens,
    tokens(accumulated_cache_read_tokens) as cache_read_input_tokens,
    tokens(accumulated_cache_write_tokens) as cache_write_input_tokens,
    coalesce(output, 0)
    + greatest(coalesce(total, 0) - coalesce(input, 0) - coalesce(output, 0), 0) as output_tokens,
    total as total_tokens_reported,
    'provider' as usage_source,
    'run' as usage_basis,
    'default' as usage_evidence,
    false as is_batch,
    'ok' as status,
    working_dir as project_id,
    -- 0 is written where the price is not known
    nullif(cast(accumulated_cost as decimal(18, 12)), 0) as reported_cost_usd
from counted
