/*
place: 18
title: constant factor
says: One factor lies between reported and list cost in a tenth of all that differ, as with a contract, a markup or a currency.
inputs: [gaps]
*/
with
    ratios as (
        select
            dedupe_key,
            gateway,
            emitter_version,
            provider,
            model,
            full_micro_usd,
            try_cast(
                cast(reported_micro_usd as double)
                / nullif(cast(full_micro_usd as double), 0) as decimal(12, 4)
            ) as factor
        from gaps
        where reported_micro_usd > 0
    ),
    shared as (
        select
            gateway,
            emitter_version,
            provider,
            model,
            factor,
            count(distinct full_micro_usd) as costs,
            cast(count(*) as double)
            / sum(count(*)) over (partition by gateway, emitter_version, provider, model) as ratio_share
        from ratios
        group by gateway, emitter_version, provider, model, factor
    ),
    -- a few costs share a factor of four digits by chance
    factors as (select * from shared where factor > 0 and costs >= 3 and ratio_share >= 0.1)
select
    ratios.dedupe_key,
    cast(
        cast(ratios.full_micro_usd as decimal(29, 9)) * factors.factor as decimal(30, 9)
    ) as expected_micro_usd,
    concat('x ', cast(cast(factors.factor as double) as varchar)) as evidence
from ratios
join
    factors
    on ratios.gateway is not distinct from factors.gateway
    and ratios.emitter_version is not distinct from factors.emitter_version
    and ratios.provider is not distinct from factors.provider
    and ratios.model is not distinct from factors.model
    and ratios.factor = factors.factor
