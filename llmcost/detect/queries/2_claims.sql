-- Each dollar is claimed once: of what a detector would save, what earlier ones have not claimed already.
-- All that they
-- have claimed of a request is the most that one of them would save.
create or replace temp table claims as
with
    ordered as (
        select
            *,
            coalesce(
                max(saving_usd) over (
                    partition by dedupe_key order by place rows between unbounded preceding and 1 preceding
                ),
                0
            ) as claimed_usd
        from hits
    )
select
    ordered.* replace (
        saving_usd - least(saving_usd, claimed_usd) as saving_usd,
        saving_low_usd - least(saving_low_usd, claimed_usd) as saving_low_usd,
        saving_high_usd - least(saving_high_usd, claimed_usd) as saving_high_usd
    ),
    saving_usd as alone_usd,
    saving_low_usd as alone_low_usd,
    saving_high_usd as alone_high_usd,
    named.request_id,
    named.started_at,
    named.key,
    named.model,
    named.cost_usd,
    routes.route,
    routes.group_no
from ordered
inner join named_requests as named on ordered.dedupe_key = named.dedupe_key
inner join
    routes
    on named.key is not distinct from routes.key
    and named.model is not distinct from routes.model
    and named.model_group is not distinct from routes.model_group
    and named.system_prompt_hash is not distinct from routes.system_prompt_hash
;
