-- Rows after $mark are the batch's own; only their keys are looked at.
create or replace temp table repeated as
select dedupe_key
from requests
where dedupe_key in (select dedupe_key from requests where rowid > $mark)
group by dedupe_key
having count(*) > 1
;

delete from requests
where
    rowid in (
        select rowid
        from requests
        where dedupe_key in (select dedupe_key from repeated)
        qualify
            row_number() over (
                partition by dedupe_key
                order by
                    -- what was there before, then files in the order in which they are read
                    case when $is_first then rowid > $mark end,
                    case when $is_first then file_id end,
                    case when $is_first then rowid end,
                    usage_source = 'provider' desc,
                    coalesce(output_tokens, 0) desc,
                    trace_id is not null desc,
                    started_at,
                    rowid > $mark desc,
                    file_id desc,
                    rowid desc
            )
            > 1
    )
;

-- Who prints a run, and who keeps its session.
create or replace temp macro prints_runs(format) as format in ('claude_code_stream', 'gemini_cli_run', 'codex')
;

create or replace temp macro keeps_sessions(format) as format in ('claude_code', 'qwen_code', 'gemini_cli', 'codex')
;

-- In most stores nobody does both, and no request need be looked at.
select coalesce(bool_or(prints_runs(format)) and bool_or(keeps_sessions(format)), false)
from files
;

-- What an agent printed of a run, where the session that it keeps has the same calls one by one. A sum is of
-- one model: what a run used of others, and the session does not show, stays.
create or replace temp table kept_in_sessions as
with
    sessions as (
        select distinct session_id
        from requests
        join files using (file_id)
        where
            requests.rowid > $mark
            and session_id is not null
            and (prints_runs(files.format) or keeps_sessions(files.format))
    ),
    runs as materialized (
        select requests.*, files.format = 'claude_code_stream' and usage_basis <> 'run' as is_message
        from requests
        join files using (file_id)
        where
            prints_runs(files.format)
            and (usage_basis = 'run' or files.format = 'claude_code_stream')
            and session_id in (select session_id from sessions)
    ),
    calls as (
        select gateway, session_id, response_model, response_id
        from requests
        join files using (file_id)
        where
            keeps_sessions(files.format)
            and usage_basis <> 'run'
            and session_id in (select session_id from runs)
    )
select distinct runs.dedupe_key
from runs
join calls on runs.gateway = calls.gateway and runs.session_id = calls.session_id
where
    case
        when runs.is_message
        then runs.response_id = calls.response_id
        else
            coalesce(runs.response_model, runs.request_model) is null
            or calls.response_model in (runs.response_model, runs.request_model)
    end
;

delete from requests
where dedupe_key in (select dedupe_key from kept_in_sessions)
;
