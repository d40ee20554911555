/*
title: CrashLens logs
answers: The Langfuse-like JSON lines that the command line tool CrashLens reads; retries and fallbacks are marked in the metadata.
source: Crashlens/crashlens README and example logs
recognise:
  - {traceId: , type: , startTime: , input: {model: }, usage: {prompt_tokens: }}
  - {traceId: , type: , input: {model: , prompt: }}
required: [traceId, startTime]
columns:
  traceId: text
  type: text
  startTime: time
  endTime: time
  level: text
  name: text
  input: {model: text, prompt: content, messages: content, max_tokens: tokens, temperature: number}
  usage: {prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens}
  cost: number
  output: content
  metadata: {retry_attempt: tokens, fallback_attempted: flag, test_case: text, test_run: text}
passes_over: [not a model call]
has_ids: false
*/
with
    observations as (
        select *, coalesce(lower("type"), 'generation') <> 'generation' as is_other from records
    ),
    -- Nothing names a record, so equal ones of a file are numbered.
    named as (
        select
            * exclude ("input", "output", metadata, "usage"),
            "input" as asked,
            "output" as answered,
            metadata as meta,
            tokens("usage".prompt_tokens) as reported_input,
            tokens("usage".completion_tokens) as reported_output,
            tokens("usage".total_tokens) as total,
            hash(traceid, starttime, endtime, "name", "input".model, "usage", cost, metadata) as record_hash,
            row_number() over (partition by file_id, record_hash) as copy
        from observations
        where not is_other
    ),
    counted as (
        select
            *,
            resolve_usage(reported_input, reported_output, total := total) as used,
            prompt_parts(null, null, coalesce(asked.messages, asked.prompt)) as sent
        from named
    ),
    requests as (select *, used.input_tokens > 0 as is_counted from counted)
select
    concat(
        traceid, '#', printf('%x', record_hash), case when copy > 1 then printf('-%d', copy) end
    ) as request_id,
    traceid as trace_id,
    -- attempts share a trace; without a mark so may the calls of a chain
    case when meta.retry_attempt is not null then traceid end as logical_request_id,
    tokens(meta.retry_attempt)::integer as attempt_number,
    case when flag(meta.fallback_attempted) then 1 end as fallback_index,
    meta[case_key()] as case_id,
    meta.test_run as case_run,
    hash('crashlens', record_hash, copy) as dedupe_key,
    file_id,
    utc(required(starttime, 'startTime')) as started_at,
    utc(endtime) as ended_at,
    'crashlens' as gateway,
    asked.model as request_model,
    'chat' as operation_name,
    case when is_counted then used.input_tokens end as input_tokens,
    case when is_counted then used.output_tokens end as output_tokens,
    total as total_tokens_reported,
    case when is_counted then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    case when lower(level) = 'error' then 'error' else 'ok' end as status,
    case when "name" <> '' then ["name"] end as tags,
    cast(cost as decimal(18, 12)) as reported_cost_usd,
    tokens(asked.max_tokens) as max_tokens_requested,
    asked.temperature as temperature,
    prompt_hash_of(sent) as prompt_hash,
    system_prompt_hash_of(sent) as system_prompt_hash,
    system_prompt_chars_of(sent) as system_prompt_chars,
    input_chars_of(sent) as input_chars,
    prefix_hashes_of(sent) as prefix_hashes,
    prefix_chars_of(sent) as prefix_chars,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars,
    cast(null as varchar) as passed_over
from requests
union all by name
select 'not a model call' as passed_over
from observations
where is_other
