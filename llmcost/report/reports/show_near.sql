/*
title: The requests near one request
answers: Which attempts belong to the same call, what is next to it in its trace and session, when was its prompt sent again?
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
    -- a scan for each value is faster than one for all of them; what these find is judged below
    found as (
        select dedupe_key
        from requests
        where logical_request_id = $logical
        union
        select dedupe_key
        from requests
        where request_id = $logical
        union
        select dedupe_key
        from requests
        where trace_id = $trace
        union
        select dedupe_key
        from requests
        where session_id = $session
        union
        select dedupe_key
        from requests
        where prompt_hash = $prompt and started_at between $from_at and $to_at
    ),
    judged as (
        select
            leaves.dedupe_key,
            leaves.request_id,
            leaves.started_at,
            case
                when leaves.logical_request_id = $logical
                then 'attempt'
                when leaves.trace_id = $trace
                then 'trace'
                when leaves.session_id = $session
                then 'session'
                when
                    leaves.prompt_hash = $prompt
                    and coalesce(leaves.api_key_alias, leaves.api_key_id) is not distinct from $key
                then 'prompt'
            end as relation
        from found
        inner join leaves on found.dedupe_key = leaves.dedupe_key
    ),
    members as (select * from judged where relation is not null),
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
