/*
title: Aider analytics
answers: The file of `aider --analytics-log`, one row a message that was sent; the cache is not reported apart, so cached input is priced in full.
source: Aider-AI/aider aider/analytics.py and the recorded events of aider/website/assets/sample-analytics.jsonl
recognise:
  - {event: , properties: , user_id: , time: }
  - {event: message_send, properties: {main_model: }}
macros: [agents]
required: [event]
columns:
  event: text
  user_id: text
  time: time
  properties:
    main_model: text
    edit_format: text
    prompt_tokens: tokens
    completion_tokens: tokens
    total_tokens: tokens
    cost: number
    total_cost: number
    aider_version: text
passes_over: [not a model call]
has_ids: false
*/
with
    events as (
        select
            *,
            utc("time") as logged_at,
            tokens(properties.prompt_tokens) as input,
            tokens(properties.completion_tokens) as output,
            case when event <> 'message_send' then 'not a model call' end as passed_over,
            last_value(properties.aider_version ignore nulls) over (
                partition by file_id, user_id order by "time" rows between unbounded preceding and current row
            ) as version,
            -- a second can see two messages that are alike
            row_number() over (partition by file_id, "time", event, properties order by file_id) as copy
        from records
    )
select
    passed_over,
    printf('aider-%x', hash(user_id, logged_at, properties, copy)) as request_id,
    hash('aider', user_id, logged_at, properties, copy) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'aider' as gateway,
    version as emitter_version,
    prefix_provider(properties.main_model) as provider_name,
    without_prefix(properties.main_model) as request_model,
    'chat' as operation_name,
    case when input > 0 then input end as input_tokens,
    case when input > 0 then output end as output_tokens,
    tokens(properties.total_tokens) as total_tokens_reported,
    case when input > 0 and output is not null then 'provider' else 'missing' end as usage_source,
    'inclusive' as usage_basis,
    'default' as usage_evidence,
    false as is_batch,
    'ok' as status,
    user_id as user_id,
    case when properties.edit_format <> '' then [properties.edit_format] end as tags,
    nullif(cast(properties.cost as decimal(18, 12)), 0) as reported_cost_usd
from events
