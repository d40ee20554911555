/*
# over 200 lines: usage stands in four places of a run, and runs may stand in each other
title: LangSmith runs
answers: Runs from LangSmith's API, its SDK or a bulk export; only llm runs (and embeddings with usage) count, the innermost once.
source: langchain-ai/langsmith-sdk schemas.py and wrappers; LangSmith docs, run data format; no record of a real llm run seen
recognise:
  - {run_type: , trace_id: , id: , start_time: }
  - {run_type: , dotted_order: , id: }
  - {run_type: , trace_id: , id: , start_time: , dotted_order: , parent_run_id: }
  - {run_type: , trace_id: , id: , start_time: , total_tokens: , prompt_tokens: , completion_tokens: }
  - {run_type: [llm, chain, tool, retriever, embedding, prompt, parser], id: , start_time: , inputs: , extra: }
macros: [gateways, langfuse]
required: [id, start_time]
columns:
  id: text
  trace_id: text
  parent_run_id: text
  dotted_order: text
  run_type: text
  status: text
  error: text
  start_time: time
  first_token_time: time
  end_time: time
  prompt_tokens: tokens
  completion_tokens: tokens
  total_tokens: tokens
  prompt_token_details: json
  completion_token_details: json
  total_cost: number
  session_id: text
  thread_id: text
  tags: json
  extra: json
  inputs: json
  outputs: json
  child_runs: json
passes_over: [not a model call, still running, holds the run that counts, its run counts it]
*/
with recursive
    inner_runs as (
        select file_id, unnest(from_json(child_runs, '["JSON"]')) as run
        from records
        where starts_with(child_runs, '[')
        union all
        select file_id, unnest(from_json(run ->> 'child_runs', '["JSON"]'))
        from inner_runs
        where starts_with(run ->> 'child_runs', '[')
    ),
    runs as (
        select * exclude (child_runs, modified_at, content_key)
        from records
        union all by name
        select
            file_id,
            unnest(
                from_json(
                    run,
                    '{"id":"VARCHAR","trace_id":"VARCHAR","parent_run_id":"VARCHAR","dotted_order":"VARCHAR","run_type":"VARCHAR",
                      "status":"VARCHAR","error":"VARCHAR","start_time":"VARCHAR","first_token_time":"VARCHAR","end_time":"VARCHAR",
                      "prompt_tokens":"VARCHAR","completion_tokens":"VARCHAR","total_tokens":"VARCHAR","prompt_token_details":"VARCHAR",
                      "completion_token_details":"VARCHAR","total_cost":"DOUBLE","session_id":"VARCHAR","thread_id":"VARCHAR",
                      "tags":"VARCHAR","extra":"VARCHAR","inputs":"VARCHAR","outputs":"VARCHAR"}'
                )
            )
        from inner_runs
    ),
    opened as (
        select
            *,
            lower(run_type) as kind,
            json_object_in(extra) as x,
            json_object_in(inputs) as i,
            json_object_in(outputs) as o,
            coalesce(o -> '$.generations[0][0]', o -> '$.generations[0]') as generation,
            generation -> '$.message.kwargs.response_metadata' as answer
        from runs
    ),
    -- what the provider said goes before LangSmith's own columns, which may be its estimate
    reported as (
        select
            *,
            coalesce(
                o -> 'usage_metadata',
                generation -> '$.message.kwargs.usage_metadata',
                x -> '$.metadata.usage_metadata',
                o -> '$.llm_output.token_usage',
                o -> '$.llmOutput.tokenUsage',
                o -> 'usage',
                json_object(
                    'input_tokens',
                    prompt_tokens,
                    'output_tokens',
                    completion_tokens,
                    'total_tokens',
                    total_tokens,
                    'input_token_details',
                    json_object_in(prompt_token_details),
                    'output_token_details',
                    json_object_in(completion_token_details)
                )
            ) as u,
            coalesce(
                u -> 'input_token_details', u -> 'prompt_tokens_details', u -> 'input_tokens_details'
            ) as inside,
            coalesce(
                u -> 'output_token_details', u -> 'completion_tokens_details', u -> 'output_tokens_details'
            ) as outside,
            -- a bare Anthropic body
            coalesce(u ->> 'cache_read_input_tokens', u ->> 'cache_creation_input_tokens')
            is not null as is_bare
        from opened
        where kind in ('llm', 'embedding')
    ),
    counted as (
        select
            *,
            tokens(coalesce(u ->> 'input_tokens', u ->> 'prompt_tokens', u ->> 'promptTokens')) as input,
            coalesce(
                tokens(coalesce(u ->> 'output_tokens', u ->> 'completion_tokens', u ->> 'completionTokens')),
                case when kind = 'embedding' then 0 end
            ) as output,
            tokens(coalesce(u ->> 'total_tokens', u ->> 'totalTokens')) as total,
            -- LangChain puts the service tier before the names of counts
            tokens(
                coalesce(
                    inside ->> 'cache_read',
                    inside ->> 'priority_cache_read',
                    inside ->> 'flex_cache_read',
                    inside ->> 'cached_tokens',
                    u ->> 'cache_read_input_tokens'
                )
            ) as cache_read,
            tokens(inside ->> 'ephemeral_5m_input_tokens') as write_5m,
            tokens(inside ->> 'ephemeral_1h_input_tokens') as write_1h,
            tokens(coalesce(inside ->> 'cache_creation', u ->> 'cache_creation_input_tokens')) as written,
            tokens(
                coalesce(
                    outside ->> 'reasoning',
                    outside ->> 'priority_reasoning',
                    outside ->> 'flex_reasoning',
                    outside ->> 'reasoning_tokens'
                )
            ) as reasoning,
            case when is_bare then 'exclusive' else 'inclusive' end as habit
        from reported
    ),
    summed as (
        select
            *,
            -- the whole of the writes may be 0 beside its parts
            greatest(written, coalesce(write_5m + write_1h, write_5m, write_1h)) as cache_write
        from counted
    ),
    based as (
        select
            *,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := habit
            ) as used,
            coalesce(input, 0) + coalesce(output, 0) > 0 as is_counted,
            -- of the times and ids of all runs above, the ids
            list_transform(
                string_split(coalesce(dotted_order, ''), '.')[:-2], lambda part:right(part, 36)
            ) as above
        from summed
    ),
    ancestors as (
        select distinct id, unnest(list_distinct(list_append(above, parent_run_id))) as ancestor from based
    ),
    -- an llm run around another, as a wrapper and the SDK in it are traced
    nested as (
        select
            inners.id,
            ancestors.ancestor,
            bool_or(inners.is_counted) as is_inner_counted,
            bool_or(outers.is_counted) as is_outer_counted
        from ancestors
        join based as inners on ancestors.id = inners.id
        join based as outers on ancestors.ancestor = outers.id
        where ancestors.id <> ancestors.ancestor
        group by all
    ),
    judged as (
        select
            *,
            case
                when kind = 'embedding' and not is_counted
                then 'not a model call'
                when id in (select ancestor from nested where is_inner_counted)
                then 'holds the run that counts'
                when not is_counted and id in (select id from nested where is_outer_counted)
                then 'its run counts it'
                when not is_counted and lower("status") = 'pending'
                then 'still running'
            end as passed_over,
            prompt_parts(
                i ->> 'system',
                nullif(coalesce(x ->> '$.invocation_params.tools', i ->> 'tools'), '[]'),
                case
                    when kind = 'embedding'
                    then null
                    -- messages as LangChain writes its objects
                    when (i -> '$.messages[0][0].kwargs') is not null
                    then
                        cast(
                            to_json(
                                list_transform(
                                    json_extract(i, '$.messages[0][*]'),
                                    lambda m:struct_pack(
                                        "role" := case
                                            when (m ->> '$.id[-1]') like 'System%'
                                            then 'system'
                                            else m ->> '$.id[-1]'
                                        end,
                                        "content" := coalesce(m ->> '$.kwargs.content', ''),
                                        tool_calls := m ->> '$.kwargs.tool_calls'
                                    )
                                )
                            ) as varchar
                        )
                    else coalesce(i ->> 'messages', i ->> 'prompts', i ->> 'input')
                end
            ) as sent,
            coalesce(
                generation ->> '$.message.kwargs.content',
                generation ->> 'text',
                o ->> '$.choices[0].message.content',
                o ->> 'content'
            ) as said
        from based
    )
select
    id as request_id,
    coalesce(answer ->> 'id', o ->> 'id') as response_id,
    trace_id,
    id as span_id,
    parent_run_id as parent_span_id,
    coalesce(
        thread_id,
        x ->> '$.metadata.thread_id',
        x ->> '$.metadata.session_id',
        x ->> '$.metadata.conversation_id'
    ) as session_id,
    (x -> 'metadata') ->> case_key() as case_id,
    x ->> '$.metadata.test_run' as case_run,
    hash('langsmith', id) as dedupe_key,
    file_id,
    required(utc(start_time), 'start_time') as started_at,
    utc(first_token_time) as first_token_at,
    utc(end_time) as ended_at,
    'langsmith' as gateway,
    otel_provider(x ->> '$.metadata.ls_provider', null) as provider_name,
    coalesce(
        x ->> '$.metadata.ls_model_name',
        x ->> '$.invocation_params.model',
        x ->> '$.invocation_params.model_name',
        i ->> 'model'
    ) as request_model,
    coalesce(
        answer ->> 'model_name', answer ->> 'model', o ->> '$.llm_output.model_name', o ->> 'model'
    ) as response_model,
    case when kind = 'embedding' then 'embeddings' else 'chat' end as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then cache_read end as cache_read_input_tokens,
    case when is_counted then cache_write end as cache_write_input_tokens,
    write_5m as cache_write_5m_input_tokens,
    write_1h as cache_write_1h_input_tokens,
    tokens(inside ->> 'audio') as input_audio_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    case when is_counted then reasoning end as reasoning_output_tokens,
    tokens(outside ->> 'audio') as output_audio_tokens,
    total as total_tokens_reported,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    case
        when (inside ->> 'priority') is not null
        then 'priority'
        when (inside ->> 'flex') is not null
        then 'flex'
        else coalesce(answer ->> 'service_tier', x ->> '$.invocation_params.service_tier')
    end as service_tier,
    false as is_batch,
    case
        when "error" like 'CancelledError%' or "error" like 'KeyboardInterrupt%'
        then 'cancelled'
        when coalesce("error", '') <> '' or lower("status") = 'error'
        then 'error'
        else 'ok'
    end as status,
    try_cast(nullif(regexp_extract("error", 'Error code: (\d{3})', 1), '') as smallint) as http_status_code,
    coalesce(
        nullif(regexp_extract("error", '^\w+(Error|Exception|Interrupt)'), ''), label("error")
    ) as error_type,
    label(
        coalesce(
            generation ->> '$.generation_info.finish_reason',
            answer ->> 'finish_reason',
            answer ->> 'stop_reason'
        )
    ) as finish_reason,
    case when first_token_time is not null then true end as is_stream,
    session_id as project_id,
    x ->> '$.metadata.user_id' as user_id,
    tag_list(tags) as tags,
    cast(nullif(total_cost, 0) as decimal(18, 12)) as reported_cost_usd,
    try_cast(
        coalesce(x ->> '$.metadata.ls_max_tokens', x ->> '$.invocation_params.max_tokens') as bigint
    ) as max_tokens_requested,
    try_cast(x ->> '$.metadata.ls_temperature' as double) as temperature,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(case when kind = 'llm' then said end) as output_hash,
    chars(case when kind = 'llm' then said end) as output_chars,
    cast(null as varchar) as passed_over
from judged
where passed_over is null
union all by name
select passed_over
from judged
where passed_over is not null
union all by name
select 'not a model call' as passed_over
from opened
where kind is null or kind not in ('llm', 'embedding')
