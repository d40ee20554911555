/*
title: Weave calls
answers: Calls of W&B Weave, as its client or its API gives them; those that have usage of their own count, once for each model.
source: wandb/weave trace/weave_client.py and integrations; Weave service API, calls/stream_query; no record of a real model call seen
recognise:
  - {op_name: , trace_id: , started_at: , id: }
  - {op_name: , trace_id: , started_at: , id: , project_id: , inputs: , summary: }
macros: [gateways, langfuse]
required: [id, started_at]
columns:
  id: text
  project_id: text
  op_name: text
  trace_id: text
  parent_id: text
  thread_id: text
  started_at: time
  ended_at: time
  attributes: json
  inputs: json
  output: json
  exception: text
  summary: json
  wb_user_id: text
passes_over: [not a model call, parent of a model call, sums of several calls]
*/
with
    opened as (
        select
            *,
            json_object_in(summary) as s,
            json_object_in(inputs) as i,
            json_object_in("output") as o,
            json_object_in(attributes) as x,
            s -> 'usage' as usages,
            json_keys(usages) as models,
            regexp_extract(op_name, '([^/]+?)(:[^:/]*)?$', 1) as op,
            regexp_matches(
                op,
                '^(openai|anthropic|litellm|mistralai|groq|cohere|cerebras|google|vertexai|BedrockRuntime)\.'
            )
            or coalesce((x ->> '$.weave.kind') = 'llm', false) as is_client
        from records
    ),
    -- a call has the sum of what is below it
    judged as (
        select
            *,
            case
                when len(models) > 0 and id in (select parent_id from opened where len(models) > 0)
                then 'parent of a model call'
                when coalesce(len(models), 0) = 0 and not is_client
                then 'not a model call'
                when coalesce(len(models), 0) = 0 and id in (select parent_id from opened where is_client)
                then 'not a model call'
                when
                    list_bool_or(
                        list_transform(
                            models, lambda m:try_cast(json_extract(usages, m) ->> 'requests' as integer) > 1
                        )
                    )
                then 'sums of several calls'
            end as passed_over
        from opened
    ),
    calls as (
        select *, unnest(case when len(models) > 0 then models else [null] end) as model
        from judged
        where passed_over is null
    ),
    reported as (
        select
            *,
            json_extract(usages, model) as u,
            coalesce(u -> 'prompt_tokens_details', u -> 'input_tokens_details') as inside,
            coalesce(u -> 'completion_tokens_details', u -> 'output_tokens_details') as outside,
            -- Anthropic's own body leaves the cache out; what Weave makes of it depends on its version
            coalesce(o ->> '$.usage.cache_read_input_tokens', o ->> '$.usage.cache_creation_input_tokens')
            is not null
            and len(models) = 1 as has_body
        from calls
    ),
    counted as (
        select
            *,
            tokens(coalesce(u ->> 'prompt_tokens', u ->> 'input_tokens')) as input,
            coalesce(
                tokens(coalesce(u ->> 'completion_tokens', u ->> 'output_tokens')),
                case when contains(op, 'embed') then 0 end
            ) as answered,
            tokens(u ->> 'total_tokens') as total,
            tokens(coalesce(inside ->> 'cached_tokens', u ->> 'cache_read_input_tokens')) as cache_read,
            tokens(u ->> 'cache_creation_input_tokens') as cache_write,
            tokens(coalesce(outside ->> 'reasoning_tokens', u ->> 'thoughts_tokens')) as reasoning,
            case when has_body then tokens(o ->> '$.usage.input_tokens') end as uncached,
            -- Gemini's thoughts stand beside its candidates
            case
                when (u ->> 'thoughts_tokens') is not null then 'exclusive' else 'inclusive'
            end as output_habit,
            case
                when (u ->> 'input_tokens') is not null and not has_body then 'unknown' else 'inclusive'
            end as input_habit
        from reported
    ),
    based as (
        select
            *,
            resolve_usage(
                input,
                answered,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                uncached := uncached,
                input_basis := input_habit,
                output_basis := output_habit
            ) as used,
            coalesce(input, 0) + coalesce(answered, 0) > 0 as is_counted,
            prompt_parts(
                coalesce(i ->> 'system', i ->> 'instructions'),
                nullif(i ->> 'tools', '[]'),
                coalesce(i ->> 'messages', i ->> 'input', i ->> 'contents')
            ) as sent,
            coalesce(o ->> '$.choices[0].message.content', o ->> 'content', o ->> 'output') as said,
            json_extract(s -> '$.weave.costs', model) as costs
        from counted
    )
select
    id as request_id,
    o ->> 'id' as response_id,
    trace_id,
    id as span_id,
    parent_id as parent_span_id,
    thread_id as session_id,
    x ->> case_key() as case_id,
    x ->> 'test_run' as case_run,
    hash('weave', id, model) as dedupe_key,
    file_id,
    required(utc(started_at), 'started_at') as started_at,
    utc(ended_at) as ended_at,
    'weave' as gateway,
    case
        when starts_with(op, 'BedrockRuntime')
        then 'aws.bedrock'
        when starts_with(op, 'vertexai')
        then 'gcp.vertex_ai'
        when starts_with(op, 'groq.')
        then 'groq'
        else host_provider(i ->> '$.self.client.base_url')
    end as provider_name,
    coalesce(i ->> 'model', i ->> 'modelId', model) as request_model,
    model as response_model,
    case when contains(op, 'embed') then 'embeddings' else 'chat' end as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then cache_read end as cache_read_input_tokens,
    case when is_counted then cache_write end as cache_write_input_tokens,
    tokens(u ->> '$.cache_creation.ephemeral_5m_input_tokens') as cache_write_5m_input_tokens,
    tokens(u ->> '$.cache_creation.ephemeral_1h_input_tokens') as cache_write_1h_input_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    case when is_counted then reasoning end as reasoning_output_tokens,
    total as total_tokens_reported,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    coalesce(o ->> 'service_tier', u ->> 'service_tier') as service_tier,
    false as is_batch,
    case when exception <> '' then 'error' else 'ok' end as status,
    try_cast(nullif(regexp_extract(exception, 'Error code: (\d{3})', 1), '') as smallint) as http_status_code,
    nullif(regexp_extract(exception, '(\w+(Error|Exception))', 1), '') as error_type,
    label(coalesce(o ->> '$.choices[0].finish_reason', o ->> 'stop_reason')) as finish_reason,
    flag(i ->> 'stream') as is_stream,
    project_id,
    wb_user_id as user_id,
    cast(
        try_cast(costs ->> 'prompt_tokens_total_cost' as double)
        + try_cast(costs ->> 'completion_tokens_total_cost' as double) as decimal(18, 12)
    ) as reported_cost_usd,
    try_cast(
        coalesce(i ->> 'max_completion_tokens', i ->> 'max_output_tokens', i ->> 'max_tokens') as bigint
    ) as max_tokens_requested,
    try_cast(i ->> 'temperature' as double) as temperature,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(said) as output_hash,
    chars(said) as output_chars,
    cast(null as varchar) as passed_over
from based
union all by name
select passed_over
from judged
where passed_over is not null
