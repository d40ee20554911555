/*
title: Gemini CLI runs
answers: What `gemini -p --output-format json` or `stream-json` prints; a request is what a run used of one model.
source: google-gemini/gemini-cli packages/core/src/output/types.ts, stream-json-formatter.ts and telemetry/uiTelemetry.ts
recognise:
  - {response: , stats: {models: }}
  - {session_id: , stats: {models: }}
  - {type: result, status: , stats: {total_tokens: }}
  - {type: init, session_id: , model: , timestamp: }
  - {type: [tool_use, tool_result], timestamp: , tool_id: }
required: []
columns:
  type: text
  session_id: text
  timestamp: time
  status: text
  error: {type: text}
  stats: {models: map}
passes_over: [not a model call, a run without a model call]
has_ids: false
*/
with
    lines as (
        select
            *,
            coalesce("type", 'result') = 'result' as is_result,
            utc("timestamp") as logged_at,
            max(session_id) over (partition by file_id) as session
        from records
    ),
    -- One format counts by the parts of the prompt, the other has only the sums.
    parts as (
        select
            *,
            unnest(
                case
                    when is_result and cardinality(stats.models) > 0
                    then
                        list_transform(
                            map_entries(stats.models),
                            lambda entry:struct_pack(
                                model := entry.key,
                                reported := from_json(
                                    entry.value,
                                    '{"tokens":{"prompt":"VARCHAR","candidates":"VARCHAR","cached":"VARCHAR",
                                       "thoughts":"VARCHAR","tool":"VARCHAR","total":"VARCHAR"},
                                      "input_tokens":"VARCHAR","output_tokens":"VARCHAR","cached":"VARCHAR",
                                      "total_tokens":"VARCHAR"}'
                                )
                            )
                        )
                    else [null]
                end
            ) as part
        from lines
    ),
    read as (
        select
            *,
            tokens(coalesce(part.reported.tokens.prompt, part.reported.input_tokens)) as input,
            tokens(coalesce(part.reported.tokens.candidates, part.reported.output_tokens)) as output,
            tokens(coalesce(part.reported.tokens.cached, part.reported.cached)) as cache_read,
            tokens(part.reported.tokens.tool) as tool_use,
            nullif(tokens(coalesce(part.reported.tokens.total, part.reported.total_tokens)), 0) as total,
            tokens(part.reported.tokens.thoughts) as reported_thoughts
        from parts
    ),
    counted as (
        select
            *,
            -- what the total has beside prompt and candidates are thoughts
            coalesce(reported_thoughts, greatest(total - input - output, 0)) as thoughts,
            case
                when not is_result
                then 'not a model call'
                when coalesce(input, 0) + coalesce(output, 0) = 0
                then 'a run without a model call'
            end as passed_over
        from read
    ),
    resolved as (
        select
            *,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                reasoning := thoughts,
                total := total,
                tool_use := tool_use,
                output_basis := 'exclusive'
            ) as used
        from counted
    )
select
    passed_over,
    concat(coalesce(session, printf('gemini-run-%x', content_key)), '#', part.model) as request_id,
    session as session_id,
    hash('gemini_cli_run', coalesce(session, printf('%x', content_key)), logged_at, part) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    'gemini_cli' as gateway,
    case when starts_with(part.model, 'gemini') then 'google' end as provider_name,
    part.model as response_model,
    'chat' as operation_name,
    used.input_tokens as input_tokens,
    cache_read as cache_read_input_tokens,
    used.output_tokens as output_tokens,
    thoughts as reasoning_output_tokens,
    total as total_tokens_reported,
    'provider' as usage_source,
    'run' as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case when "status" = 'error' or error.type is not null then 'error' else 'ok' end as status,
    label(error.type) as error_type
from resolved
