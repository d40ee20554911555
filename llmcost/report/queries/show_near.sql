/*
title: The requests near one request
answers: Which attempts belong to the same call, what is next to it in its trace and session, when was its prompt sent again?
inputs: [leaves]
params:
  dedupe_key: null
  logical: null
  trace: null
  session: null
  prompt: null
  key: null
  from_at: null
  to_at: null
  attempts: null
  around: null
*/
with
    members as (
        select
            dedupe_key,
            request_id,
            started_at,
            case
                when logical_request_id = $logical
                then 'attempt'
                when trace_id = $trace
                then 'trace'
                when session_id = $session
                then 'session'
                else 'prompt'
            end as relation
        from leaves
        where
            logical_request_id = $logical
            or trace_id = $trace
            or session_id = $session
            or (
                prompt_hash = $prompt
                and coalesce(api_key_alias, api_key_id) is not distinct from $key
                and started_at between $from_at and $to_at
            )
    ),
    numbered as (
        select
            *,
            row_number() over (
                order by started_at nulls last, request_id nulls last, dedupe_key nulls last
            ) as place,
            count(*) over () as of_requests
        from members
    ),
    measured as (
        select *, max(case when dedupe_key = $dedupe_key then place end) over () as own_place from numbered
    )
select dedupe_key, relation, of_requests
from measured
where abs(place - own_place) <= case when relation = 'attempt' then $attempts else $around end
order by place
