/*
title: Claims
answers: What does each detector save of each request, after those that come before it?
inputs: [hits, routes, named_requests]
*/
-- Each dollar is claimed once: of what a detector would save, what earlier ones have not claimed already.
-- All that they have claimed of a request is the most that one of them would save. There may be a claim for
-- each request of the store, so names and sentences are joined where they are shown. The low end is what is
-- sure: of what is only possible, nothing.
with
    ordered as (
        select
            place,
            dedupe_key,
            is_asked,
            certainty,
            evidence_tier,
            saving_usd,
            case
                when certainty = 'possible' and saving_usd is not null then 0 else saving_low_usd
            end as saving_low_usd,
            saving_high_usd,
            coalesce(
                max(saving_usd) over (
                    partition by dedupe_key
                    order by place nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as claimed_usd
        from hits
    )
select
    ordered.place,
    ordered.dedupe_key,
    ordered.certainty,
    ordered.evidence_tier,
    saving_usd - least(saving_usd, claimed_usd) as saving_usd,
    saving_low_usd - least(saving_low_usd, claimed_usd) as saving_low_usd,
    saving_high_usd - least(saving_high_usd, claimed_usd) as saving_high_usd,
    saving_usd as standalone_usd,
    saving_low_usd as standalone_low_usd,
    saving_high_usd as standalone_high_usd,
    ordered.claimed_usd,
    routes.group_no
from ordered
inner join named_requests as named on ordered.dedupe_key = named.dedupe_key
inner join
    routes
    on named.key is not distinct from routes.key
    and named.model is not distinct from routes.model
    and named.model_group is not distinct from routes.model_group
    and named.system_prompt_hash is not distinct from routes.system_prompt_hash
where ordered.is_asked
