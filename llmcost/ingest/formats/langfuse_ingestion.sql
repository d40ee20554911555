/*
# over 200 lines: what was sent of one generation is put together first
title: Langfuse ingestion batches
answers: What SDKs send to Langfuse's ingestion API, batches or events; what is created and updated under one id is one generation.
source: langfuse/langfuse fern ingestion.yml; langfuse-python 2, api/resources/ingestion; senders in public repositories
recognise:
  - type: &events
      [trace-create, score-create, sdk-log, observation-create, observation-update, event-create, span-create, span-update,
       generation-create, generation-update, agent-create, tool-create, chain-create, retriever-create, evaluator-create,
       embedding-create, guardrail-create]
    body:
  - {type: *events, body: , timestamp: , id: }
macros: [choices, langfuse]
required: [type, body]
columns:
  type: text
  timestamp: time
  body:
    id: text
    traceId: text
    parentObservationId: text
    type: text
    level: text
    startTime: time
    completionStartTime: time
    endTime: time
    model: text
    modelParameters: json
    usage: json
    usageDetails: json
    costDetails: json
    metadata: json
    input: text
    output: text
    sessionId: text
    userId: text
    tags: json
passes_over: [not a model call, an update of a generation, holds the generation that counts, its generation counts it]
has_ids: false  # an update alone is no generation, so a file that grew is read as a whole
*/
with recursive
    timed as (
        select
            file_id,
            body,
            type as event,
            utc(timestamp) as sent_at,
            utc(body.starttime) as started_at,
            utc(body.completionstarttime) as first_token_at,
            utc(body.endtime) as ended_at,
            row_number() over () as line
        from records
    ),
    events as (
        select
            *,
            case
                when event in ('observation-create', 'observation-update')
                then upper(coalesce(body.type, ''))
                else upper(split_part(event, '-', 1))
            end as kind,
            row_number() over (order by sent_at, event like '%-update', file_id, line) as turn,
            -- an update belongs to what its own file creates, or else to what another does; a copy of a
            -- file is a copy
            coalesce(
                max(case when event like '%-create' then file_id end) over (partition by body.id, file_id),
                min(case when event like '%-create' then file_id end) over (partition by body.id),
                file_id
            ) as home
        from timed
    ),
    traces as (
        select
            body.id as trace,
            arg_max(body.sessionid, turn) as "session",
            arg_max(body.userid, turn) as "user",
            arg_max(body.tags, turn) as tags
        from events
        where event = 'trace-create'
        group by all
    ),
    -- of each field the last that was sent; one that is null was not
    observations as (
        select
            body.id as id,
            any_value(home) as file_id,
            bool_or(kind in ('GENERATION', 'EMBEDDING')) as is_call,
            bool_or(kind = 'EMBEDDING') as is_embedding,
            count(*) as events,
            arg_max(body.traceid, turn) as trace,
            arg_max(body.parentobservationid, turn) as parent,
            arg_max(upper(body.level), turn) as level,
            coalesce(arg_max(started_at, turn), min(sent_at)) as started_at,
            arg_max(first_token_at, turn) as first_token_at,
            arg_max(ended_at, turn) as ended_at,
            arg_max(body.model, turn) as model,
            arg_max(body.modelparameters, turn) as parameters_text,
            arg_max(body.usage, turn) as u_text,
            arg_max(body.usagedetails, turn) as details_text,
            arg_max(body.costdetails, turn) as costs_text,
            arg_max(body.metadata, turn) as meta_text,
            arg_max(body.input, turn) as "input",
            arg_max(body.output, turn) as "output"
        from events
        where event not in ('trace-create', 'score-create', 'sdk-log')
        group by body.id, home
    ),
    generations as (
        select
            *,
            required(id, 'body.id') as request_id,
            json_object_in(parameters_text) as parameters,
            json_object_in(u_text) as u,
            json_object_in(details_text) as details,
            json_object_in(costs_text) as costs,
            json_object_in(meta_text) as meta,
            case when coalesce(u ->> 'unit', 'TOKENS') = 'TOKENS' then u end as counted_usage,
            coalesce(details, counted_usage) as d,
            coalesce(d -> 'prompt_tokens_details', d -> 'input_tokens_details') as inside,
            coalesce(d -> 'completion_tokens_details', d -> 'output_tokens_details') as outside,
            -- in a provider's own usage parts stand inside the counts, Langfuse's stand beside
            coalesce(
                d ->> 'prompt_tokens', d ->> 'promptTokens', cast(inside as varchar), cast(outside as varchar)
            )
            is not null as is_openai,
            map_from_entries(
                list_filter(
                    map_entries(cast(d as map(varchar, varchar))),
                    lambda e:try_cast(e.value as double) is not null
                )
            ) as buckets
        from observations
        where is_call
    ),
    reported as (
        select
            *,
            case
                when is_openai
                then
                    tokens(
                        coalesce(
                            d ->> 'prompt_tokens', d ->> 'promptTokens', d ->> 'input_tokens', d ->> 'input'
                        )
                    )
                else langfuse_sum(buckets, 'input')
            end as plain_input,
            case
                when is_openai
                then
                    tokens(
                        coalesce(
                            d ->> 'completion_tokens',
                            d ->> 'completionTokens',
                            d ->> 'output_tokens',
                            d ->> 'output'
                        )
                    )
                else langfuse_sum(buckets, 'output')
            end as plain_output,
            case
                when is_openai
                then tokens(inside ->> 'cached_tokens')
                else langfuse_sum(buckets, 'cache_read')
            end as cache_read,
            case when not is_openai then langfuse_sum(buckets, 'cache_write') end as cache_write,
            case
                when is_openai
                then tokens(outside ->> 'reasoning_tokens')
                else langfuse_sum(buckets, 'reasoning')
            end as reasoning,
            tokens(coalesce(d ->> 'total', d ->> 'total_tokens', d ->> 'totalTokens')) as total,
            coalesce(
                tokens(inside ->> 'web_search_requests'),
                tokens(d ->> '$.server_tool_use.web_search_requests'),
                langfuse_sum_of(buckets, 'web_search_requests')
            ) as searches,
            case when is_openai then 'inclusive' else 'exclusive' end as basis
        from generations
    ),
    summed as (
        select
            *,
            coalesce(plain_input, case when is_embedding then total else 0 * plain_output end) as input_sum,
            coalesce(plain_output, case when is_embedding then 0 end) as output_sum
        from reported
    ),
    counted as (
        select
            *,
            resolve_usage(
                input_sum,
                output_sum,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := basis,
                output_basis := basis
            ) as used,
            coalesce(input_sum, 0) + coalesce(output_sum, 0) + cache_tokens(cache_read, cache_write)
            > 0 as is_counted
        from summed
    ),
    -- from every generation up through its ancestors; a loop, which only a broken batch has, ends after 64
    climbs as (
        select id, parent as up, 0 as steps
        from counted
        where parent is not null
        union
        select climbs.id, observations.parent, steps + 1
        from climbs
        join observations on climbs.up = observations.id
        where steps < 64
    ),
    nested as (
        select
            climbs.id,
            climbs.up as ancestor,
            bool_or(inners.is_counted) as is_inner_counted,
            bool_or(outers.is_counted) as is_outer_counted
        from climbs
        join counted as inners on climbs.id = inners.id
        join counted as outers on climbs.up = outers.id
        where climbs.id <> climbs.up
        group by all
    ),
    judged as (
        select
            counted.*,
            case
                when counted.id in (select ancestor from nested where is_inner_counted)
                then 'holds the generation that counts'
                when
                    not is_counted
                    and counted.level is distinct from 'ERROR'
                    and counted.id in (select id from nested where is_outer_counted)
                then 'its generation counts it'
            end as passed_over,
            traces.session,
            traces.user,
            traces.tags,
            prompt_parts(
                json_object_in("input") ->> 'system',
                nullif(coalesce(json_object_in("input") ->> 'tools', parameters ->> 'tools'), '[]'),
                case
                    when not is_embedding
                    then
                        coalesce(
                            json_object_in("input") ->> 'messages',
                            json_object_in("input") ->> 'contents',
                            "input"
                        )
                end
            ) as sent,
            embedding_texts(
                case when is_embedding then coalesce(json_object_in("input") ->> 'input', "input") end
            ) as items
        from counted
        left join traces on counted.trace = traces.trace
    )
select
    request_id,
    trace as trace_id,
    id as span_id,
    parent as parent_span_id,
    "session" as session_id,
    meta ->> case_key() as case_id,
    meta ->> 'test_run' as case_run,
    hash('langfuse', trace, id) as dedupe_key,
    file_id,
    required(started_at, 'startTime') as started_at,
    first_token_at,
    ended_at,
    'langfuse' as gateway,
    langfuse_provider(coalesce(meta ->> 'ls_provider', meta ->> 'provider'), model) as provider_name,
    model as request_model,
    case when is_embedding then 'embeddings' else 'chat' end as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then cache_read end as cache_read_input_tokens,
    case when is_counted then cache_write end as cache_write_input_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    case when is_counted then reasoning end as reasoning_output_tokens,
    total as total_tokens_reported,
    paid_searches(model, searches) as web_search_requests,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    parameters ->> 'service_tier' as service_tier,
    false as is_batch,
    case when level = 'ERROR' then 'error' else 'ok' end as status,
    case when first_token_at is not null then true end as is_stream,
    "user" as user_id,
    tag_list(tags) as tags,
    cast(coalesce(costs ->> 'total', u ->> 'totalCost') as decimal(18, 12)) as reported_cost_usd,
    try_cast(
        coalesce(
            parameters ->> 'max_completion_tokens', parameters ->> 'max_tokens', parameters ->> 'maxTokens'
        ) as bigint
    ) as max_tokens_requested,
    try_cast(parameters ->> 'temperature' as double) as temperature,
    response_choices(
        coalesce(
            parameters ->> 'response_format',
            parameters ->> 'text',
            '{"schema":' || (parameters ->> 'response_schema') || '}'
        ),
        parameters ->> 'tool_choice',
        coalesce(json_object_in("input") ->> 'tools', parameters ->> 'tools')
    ) as response_choices,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(case when not is_embedding then "output" end) as output_hash,
    chars(case when not is_embedding then "output" end) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    cast(null as varchar) as passed_over
from judged
where passed_over is null
union all by name
select passed_over
from judged
where passed_over is not null
union all by name
select 'an update of a generation' as passed_over
from counted, range(events - 1)
union all by name
select 'not a model call' as passed_over
from events
left join
    counted on events.body.id = counted.id and events.event not in ('trace-create', 'score-create', 'sdk-log')
where counted.id is null
