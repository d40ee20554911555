/*
# over 200 lines: forks and subagents repeat the sessions they come from
title: Codex CLI sessions
answers: Rollout files of ~/.codex/sessions, one row per model call, and the output of `codex exec --json`, one row per turn.
source: openai/codex protocol.rs, TokenUsageInfo; ryoppippi/ccusage, which reads the same files
recognise:
  - {type: [session_meta, turn_context, event_msg, response_item, compacted], timestamp: , payload: }
  - {type: turn.completed, usage: }
  - {type: thread.started, thread_id: }
  - {type: [item.started, item.updated, item.completed], item: }
macros: [codex]
required: []
columns:
  type: text
  timestamp: time
  thread_id: text
  item: {type: text}
  usage: &usage
    input_tokens: tokens
    cached_input_tokens: tokens
    cache_write_input_tokens: tokens
    output_tokens: tokens
    reasoning_output_tokens: tokens
    total_tokens: tokens
  payload:
    type: text
    id: text
    timestamp: text
    forked_from_id: text
    parent_thread_id: text
    source: text
    action: {type: text}
    cwd: text
    cli_version: text
    model_provider: text
    git: {branch: text}
    model: text
    info: {model: text, total_token_usage: *usage, last_token_usage: *usage}
passes_over: [not a model call, no usage in the event, the same count again]
has_ids: false
*/
with recursive
    -- A fork's file holds the sessions it comes from as well; the oldest names what all of them share.
    sessions as (
        select
            file_id,
            min_by(
                coalesce(payload.forked_from_id, payload.id), concat(payload.timestamp, payload.id)
            ) as root_id,
            max_by(payload, concat(payload.timestamp, payload.id)) as meta
        from records
        where "type" = 'session_meta'
        group by file_id
    ),
    -- A subagent's file names its parent, and may begin with what that did.
    parents as (
        select
            file_id,
            root_id,
            coalesce(
                meta.parent_thread_id,
                json_extract_string(try_cast(meta.source as json), '$.subagent.thread_spawn.parent_thread_id')
            ) as parent_id,
            utc(meta.timestamp) as made_at
        from sessions
    ),
    -- Forks of forks, up to the first session that a file here tells of. 64 are enough but for a loop.
    climbs as (
        select distinct coalesce(start.id, '') as id, start.id as up, 0 as steps
        from (select unnest([root_id, parent_id]) as id from parents) as start
        union
        select climbs.id, sessions.root_id, steps + 1
        from climbs
        join sessions on climbs.up = sessions.meta.id
        where sessions.root_id <> climbs.up and steps < 64
    ),
    roots as (select id, max_by(up, steps) as root_id from climbs group by id),
    origins as (
        select parents.file_id, own.root_id, parent.root_id as parent_root, made_at
        from parents
        left join roots as own on parents.root_id = own.id
        left join roots as parent on parents.parent_id = parent.id
    ),
    read as (
        select
            *,
            row_number() over () as place,
            coalesce(payload.type, item.type) in ('web_search_call', 'web_search')
            and "type" in ('response_item', 'item.completed')
            and coalesce(payload.action.type, 'search') = 'search' as is_search,
            utc("timestamp") as logged_at,
            "type" = 'turn.completed' or ("type" = 'event_msg' and payload.type = 'token_count') as is_count
        from records
    ),
    -- `codex exec` counts on from turn to turn of its thread.
    counted_lines as (
        select
            * exclude (usage),
            codex_counts(
                case when "type" = 'turn.completed' then usage else payload.info.total_token_usage end
            ) as totals,
            codex_counts(payload.info.last_token_usage) as last,
            count(*) filter (is_search) over (
                partition by file_id order by place rows between unbounded preceding and current row
            ) as searched,
            last_value(thread_id ignore nulls) over (
                partition by file_id order by place rows between unbounded preceding and current row
            ) as thread
        from read
    ),
    lines as (
        select
            *,
            case
                when not coalesce(is_count, false)
                then 'not a model call'
                when totals is null and last is null
                then 'no usage in the event'
            end as passed_over
        from counted_lines
    ),
    -- A token count names no model: it is the latest turn's. An event without a call repeats the totals.
    events as (
        select
            *,
            last_value(case when "type" = 'turn_context' then payload.model end ignore nulls) over (
                partition by file_id order by logged_at, "type" = 'event_msg'
            ) as turn_model,
            lag(totals ignore nulls) over (
                partition by file_id, thread, passed_over
                order by
                    logged_at, case when "type" = 'turn.completed' then place end, totals.total, totals.input
            ) as before
        from lines
        where passed_over is null or "type" = 'turn_context'
    ),
    differences as (
        select *, coalesce(last, codex_difference(totals, before)) as used
        from events
        where passed_over is null
    ),
    counts as (
        select
            differences.*,
            -- no call ends within a second of its session's start: such counts are the parent's
            coalesce(
                case when logged_at < made_at + interval 1 second then parent_root end,
                origins.root_id,
                thread
            ) as root_id,
            coalesce(meta.id, thread) as session_id,
            meta,
            coalesce(payload.info.model, turn_model) as model,
            case
                when totals = before
                then 'the same count again'
                when used.input + used.output = 0
                then 'no usage in the event'
            end as passed_over_too
        from differences
        left join sessions using (file_id)
        left join origins using (file_id)
    ),
    calls as (
        select
            *,
            searched - lag(searched, 1, 0) over (partition by file_id order by place) as searches,
            hash(
                'codex',
                coalesce(root_id, cast(logged_at as varchar), printf('%x', content_key)),
                totals,
                used,
                case when totals is null then logged_at end
            ) as dedupe_key,
            resolve_usage(
                used.input,
                used.output,
                cache_read := used.cache_read,
                cache_write := used.cache_write,
                reasoning := used.reasoning
            ) as found
        from counts
        where passed_over_too is null
    ),
    -- A fork's file repeats the events of the session that it comes from, at the time of the fork.
    requests as (
        select
            concat(
                coalesce(root_id, printf('codex-%x', dedupe_key)),
                '#',
                coalesce(totals.total, totals.input + totals.output, used.input + used.output)
            ) as request_id,
            first_value(session_id) over copies as session_id,
            dedupe_key,
            file_id,
            coalesce(min(logged_at) over copies, modified_at) as started_at,
            min(logged_at) over copies is null as is_file_time,
            'codex' as gateway,
            first_value(meta.cli_version) over copies as emitter_version,
            first_value(meta.model_provider) over copies as provider_name,
            first_value(model) over copies as response_model,
            'chat' as operation_name,
            found.input_tokens as input_tokens,
            used.cache_read as cache_read_input_tokens,
            used.cache_write as cache_write_input_tokens,
            found.output_tokens as output_tokens,
            used.reasoning as reasoning_output_tokens,
            used.total as total_tokens_reported,
            nullif(searches, 0) as web_search_requests,
            'provider' as usage_source,
            -- a turn is the sum of its calls
            case when "type" = 'turn.completed' then 'run' else found.basis end as usage_basis,
            case
                when used.total <> used.input + used.output then 'ambiguous' else found.evidence
            end as usage_evidence,
            false as is_batch,
            'ok' as status,
            first_value(meta.cwd) over copies as project_id,
            case when meta.git.branch <> '' then [meta.git.branch] end as tags,
            cast(null as varchar) as passed_over
        from calls
        window
            copies as (
                partition by dedupe_key
                order by session_id <> root_id, logged_at, file_id
                rows between unbounded preceding and unbounded following
            )
    )
select *
from requests
union all by name
select passed_over_too as passed_over
from counts
where passed_over_too is not null
union all by name
select passed_over
from lines
where passed_over is not null
