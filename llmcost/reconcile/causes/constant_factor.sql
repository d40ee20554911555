/*
place: 18
title: constant factor
says: The same factor lies between reported and list cost in three or more different requests, as with a contract, a markup or a currency.
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
    factors as (
        select gateway, emitter_version, provider, model, factor
        from ratios
        where factor > 0
        group by gateway, emitter_version, provider, model, factor
        having count(distinct full_micro_usd) >= 3
    )
select
    ratios.dedupe_key,
    cast(
        cast(ratios.full_micro_usd as decimal(26, 9)) * factors.factor as decimal(30, 9)
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
