/*
title: A sample to replay
answers: Which requests, drawn by lot among those with the same answer, stand for all of them?
inputs: [replayable, named_answers, quotas]
params:
  seed: "7"  # another one draws others
  is_by_system_prompt: true  # false: one answer to several system prompts is one
  rest: 0  # the stratum of all answers that have none of their own
*/
with
    lots as (
        select
            replayable.dedupe_key,
            replayable.request_id,
            replayable.key,
            replayable.model,
            replayable.started_at,
            replayable.cost_usd,
            coalesce(named_answers.stratum, $rest) as stratum,
            md5($seed || ':' || replayable.request_id) as lot
        from replayable
        left join
            named_answers
            on replayable.key is not distinct from named_answers.key
            and replayable.model is not distinct from named_answers.model
            and replayable.output_hash = named_answers.output_hash
            and (
                not $is_by_system_prompt
                or replayable.system_prompt_hash is not distinct from named_answers.system_prompt_hash
            )
    ),
    -- the lots that can win, so that few are put in order
    near as (
        select lots.*, quotas.requests, quotas.quota
        from lots
        inner join quotas on lots.stratum = quotas.stratum
        where lots.lot < quotas.lots_below
    ),
    -- a replay is recognised by its request_id, which attempts may share: the first stands for them
    attempts as (
        select
            *,
            row_number() over (
                partition by request_id
                order by started_at nulls last, dedupe_key nulls last
                rows between unbounded preceding and current row
            ) as attempt
        from near
    ),
    ordered as (
        select
            *,
            row_number() over (
                partition by stratum
                order by lot nulls last, request_id nulls last
                rows between unbounded preceding and current row
            ) as place
        from attempts
        where attempt = 1
    )
select dedupe_key, request_id, key, model, started_at, cost_usd, stratum, requests, lot
from ordered
where place <= quota
