/*
# over 200 lines: four exports name the same columns in two ways
title: Langfuse observations
answers: Blob storage exports, batch exports of the UI and API, and single traces; generations and embeddings, each once.
source: langfuse/langfuse observations_converters.ts, worker framework-traces; Langfuse docs, blob storage export
recognise:
  - {usage_details: , trace_id: , type: }
  - {usageDetails: , traceId: , type: }
  - {provided_model_name: , trace_id: , type: }
  - {providedModelName: , traceId: , type: }
  - {trace_id: , start_time: , type: [GENERATION, EMBEDDING, SPAN, EVENT, AGENT, TOOL, CHAIN, RETRIEVER, EVALUATOR, GUARDRAIL]}
  - {traceId: , startTime: , type: [GENERATION, EMBEDDING, SPAN, EVENT, AGENT, TOOL, CHAIN, RETRIEVER, EVALUATOR, GUARDRAIL]}
  - {trace: {id: , projectId: }, observations: {id: , traceId: }}
macros: [choices, langfuse]
required: []
columns:
  trace: {sessionId: text, userId: text, tags: texts}
  observations:
    - &observation
      id: text
      traceId: text
      parentObservationId: text
      projectId: text
      type: text
      level: text
      startTime: time
      completionStartTime: time
      endTime: time
      updatedAt: time
      model: text
      usageDetails: token_map
      costDetails: map
      totalCost: number
      modelParameters: json
      metadata: json
      input: text
      output: text
  <<: *observation
  providedModelName: text
  userId: text
  sessionId: text
  trace_id: text
  parent_observation_id: text
  project_id: text
  start_time: time
  completion_start_time: time
  end_time: time
  updated_at: time
  provided_model_name: text
  usage_details: token_map
  cost_details: map
  total_cost: number
  model_parameters: json
  user_id: text
  session_id: text
  tags: json
  input: content
  output: content
passes_over: [not a model call, an older version, holds the generation that counts, its generation counts it]
*/
with
    observations as (
        select * exclude (observations), unnest(coalesce(observations, [null])) as o from records
    ),
    read as (
        select
            file_id,
            modified_at,
            required(coalesce(o.id, id), 'id') as id,
            coalesce(o.traceid, traceid, trace_id) as trace,
            coalesce(o.parentobservationid, parentobservationid, parent_observation_id) as parent,
            coalesce(o.projectid, projectid, project_id) as project,
            coalesce(trace.sessionid, sessionid, session_id) as "session",
            coalesce(trace.userid, userid, user_id) as "user",
            coalesce(trace.tags, try(from_json(tags, '["VARCHAR"]'))) as tags,
            upper(coalesce(o.type, "type")) as kind,
            upper(coalesce(o.level, level)) as level,
            utc(coalesce(o.starttime, starttime, start_time)) as started_at,
            utc(
                coalesce(o.completionstarttime, completionstarttime, completion_start_time)
            ) as first_token_at,
            utc(coalesce(o.endtime, endtime, end_time)) as ended_at,
            coalesce(utc(coalesce(o.updatedat, updatedat, updated_at)), timestamp 'epoch') as updated_at,
            coalesce(o.model, providedmodelname, provided_model_name, model) as model,
            coalesce(o.usagedetails, usagedetails, usage_details) as usage,
            coalesce(o.costdetails, costdetails, cost_details) as costs,
            coalesce(o.totalcost, totalcost, total_cost) as total_cost,
            coalesce(o.input, "input") as "input",
            coalesce(o.output, "output") as "output",
            json_object_in(coalesce(o.modelparameters, modelparameters, model_parameters)) as parameters,
            json_object_in(coalesce(o.metadata, metadata)) as meta
        from observations
    ),
    versions as (
        select
            *,
            json_object_in(meta ->> 'attributes') as attributes,
            updated_at < max(updated_at) over (partition by trace, id) as is_older,
            row_number() over (partition by trace, id order by updated_at desc, file_id) = 1 as is_sole
        from read
        where kind in ('GENERATION', 'EMBEDDING')
    ),
    -- In columns of their own: the resolver names its arguments many times.
    summed as (
        select
            *,
            langfuse_sum(usage, 'input') as plain_input,
            langfuse_sum(usage, 'cache_write') as cache_write,
            langfuse_sum(usage, 'prompt_details.cache_read') as cache_read_part,
            langfuse_sum(usage, 'cache_read') as cache_read_bucket,
            langfuse_sum(usage, 'output') as plain_output,
            langfuse_sum(usage, 'reasoning') as reasoning,
            langfuse_sum(usage, 'completion_details.reasoning') as reasoning_part,
            langfuse_sum(usage, 'total') as total,
            langfuse_sum_of(usage, 'input_audio') as uncached_audio,
            langfuse_sum_of(usage, 'input_cached_audio') as cached_audio
        from versions
        where not is_older
    ),
    reported as (
        select
            *,
            coalesce(cache_read_bucket, cache_read_part) as cache_read,
            coalesce(
                plain_input, case when kind = 'EMBEDDING' then total else 0 * plain_output end
            ) as reported_input,
            coalesce(plain_output, case when kind = 'EMBEDDING' then 0 end) as reported_output,
            case when cache_read_part > 0 then 'inclusive' else 'exclusive' end as habit
        from summed
    ),
    counted as (
        select
            *,
            resolve_usage(
                reported_input,
                reported_output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := habit,
                output_basis := 'exclusive'
            ) as used
        from reported
    ),
    inner_sums as (
        select
            trace,
            parent as id,
            sum(used.input_tokens) as inner_input,
            sum(used.output_tokens) as inner_output,
            any_value(lower(split_part(model, '/', -1)) order by started_at, id) as inner_model,
            min(started_at) as inner_started_at,
            max(coalesce(ended_at, started_at)) as inner_ended_at,
            true as is_holder
        from counted
        where is_sole and parent is not null
        group by all
    ),
    -- A wrapper and the SDK within it, or an agent and its turns, count the same tokens: the innermost stay.
    nested as (
        select
            counted.*,
            case
                when
                    inner_sums.is_holder
                    and (
                        coalesce(counted.used.input_tokens + counted.used.output_tokens, 0) = 0
                        or (counted.used.input_tokens, counted.used.output_tokens)
                        = (inner_input, inner_output)
                        -- a tracer's own tokenizer counts otherwise than the provider of the call within
                        or (
                            inner_input + inner_output > 0
                            and inner_started_at >= counted.started_at
                            and inner_ended_at <= counted.ended_at
                            and (
                                starts_with(inner_model, lower(split_part(counted.model, '/', -1)))
                                or starts_with(lower(split_part(counted.model, '/', -1)), inner_model)
                            )
                        )
                    )
                then 'holds the generation that counts'
                when
                    coalesce(counted.used.input_tokens + counted.used.output_tokens, 0) = 0
                    and counted.level is distinct from 'ERROR'
                    and outers.used.input_tokens + outers.used.output_tokens > 0
                then 'its generation counts it'
            end as passed_over
        from counted
        left join inner_sums on counted.trace = inner_sums.trace and counted.id = inner_sums.id
        left join
            counted as outers
            on counted.trace = outers.trace
            and counted.parent = outers.id
            and outers.is_sole
    ),
    requests as (
        select
            *,
            used.input_tokens + used.output_tokens > 0 as is_counted,
            prompt_parts(
                json_object_in("input") ->> 'system',
                nullif(coalesce(json_object_in("input") ->> 'tools', parameters ->> 'tools'), '[]'),
                case
                    when kind = 'GENERATION'
                    then
                        coalesce(
                            json_object_in("input") ->> 'messages',
                            json_object_in("input") ->> 'contents',
                            "input"
                        )
                end
            ) as sent,
            embedding_texts(
                case when kind = 'EMBEDDING' then coalesce(json_object_in("input") ->> 'input', "input") end
            ) as items
        from nested
        where passed_over is null
    )
select
    id as request_id,
    trace as trace_id,
    id as span_id,
    parent as parent_span_id,
    "session" as session_id,
    meta ->> case_key() as case_id,
    meta ->> 'test_run' as case_run,
    hash('langfuse', trace, id) as dedupe_key,
    file_id,
    required(started_at, 'start_time') as started_at,
    first_token_at,
    ended_at,
    'langfuse' as gateway,
    langfuse_provider(
        coalesce(
            attributes ->> '$."gen_ai.provider.name"',
            attributes ->> '$."gen_ai.system"',
            attributes ->> '$."llm.provider"',
            attributes ->> '$."llm.system"',
            meta ->> 'ls_provider'
        ),
        model
    ) as provider_name,
    model as request_model,
    case when kind = 'EMBEDDING' then 'embeddings' else 'chat' end as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then cache_read end as cache_read_input_tokens,
    case when is_counted then cache_write end as cache_write_input_tokens,
    langfuse_sum_of(usage, 'creation_5m') as cache_write_5m_input_tokens,
    langfuse_sum_of(usage, 'creation_1h') as cache_write_1h_input_tokens,
    -- buckets stand beside each other: input_audio is what was not cached
    coalesce(uncached_audio + cached_audio, uncached_audio, cached_audio) as input_audio_tokens,
    langfuse_sum_of(usage, 'input_image') as input_image_tokens,
    cached_audio as cache_read_audio_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    coalesce(reasoning, reasoning_part) as reasoning_output_tokens,
    langfuse_sum_of(usage, 'output_audio') as output_audio_tokens,
    langfuse_sum_of(usage, 'output_image') as output_image_tokens,
    total as total_tokens_reported,
    paid_searches(model, langfuse_sum_of(usage, 'web_search_requests')) as web_search_requests,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    -- Vertex counts thoughts only in its total
    case
        when total <> used.input_tokens + used.output_tokens then 'ambiguous' else used.evidence
    end as usage_evidence,
    parameters ->> 'service_tier' as service_tier,
    false as is_batch,
    case when level = 'ERROR' then 'error' else 'ok' end as status,
    case when first_token_at is not null then true end as is_stream,
    project as project_id,
    "user" as user_id,
    tags,
    case
        when cardinality(costs) > 0 or total_cost > 0
        then cast(coalesce(total_cost, try_cast(costs['total'] as double)) as decimal(18, 12))
    end as reported_cost_usd,
    try_cast(
        coalesce(parameters ->> 'max_completion_tokens', parameters ->> 'max_tokens') as bigint
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
    output_hash_of(case when kind = 'GENERATION' then "output" end) as output_hash,
    chars(case when kind = 'GENERATION' then "output" end) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    try_cast(parameters ->> 'dimensions' as integer) as embedding_dimensions,
    cast(null as varchar) as passed_over
from requests
union all by name
select passed_over
from nested
where passed_over is not null
union all by name
select 'an older version' as passed_over
from versions
where is_older
union all by name
select 'not a model call' as passed_over
from read
where kind is null or kind not in ('GENERATION', 'EMBEDDING')
