/*
title: Billed and computed cost
answers: Which part of a provider's bill do these requests explain, by day and model?
inputs: [charges, scope, bill]
params:
  provider: null  # whose requests are meant; null: all
  first_day: 2026-11-01  # the days that the bill covers, both included
  last_day: 2026-11-30
  is_by_model: true  # false: the bill names no model
  splits_search: false  # true: the bill has lines of their own for web searches
*/
with
    searches as (
        select dedupe_key, sum(cost_usd) as search_usd
        from charges
        where meter = 'web_search' and $splits_search
        group by dedupe_key
    ),
    meant as (
        select
            scope.day,
            case when $is_by_model then scope.model end as model,
            scope.cost_usd - coalesce(searches.search_usd, 0) as cost_usd,
            searches.search_usd,
            scope.price_status,
            scope.reported_cost_usd
        from scope
        left join searches on scope.dedupe_key = searches.dedupe_key
        where
            scope.day >= cast($first_day as date)
            and scope.day <= cast($last_day as date)
            and (cast($provider as varchar) is null or coalesce(scope.provider, $provider) = $provider)
    ),
    computed as (
        select
            day,
            model,
            count(*) as requests,
            sum(cost_usd) as computed_usd,
            sum(case when cost_usd is null and price_status <> 'usage missing' then 1 else 0 end) as unpriced,
            sum(case when price_status = 'usage missing' then 1 else 0 end) as usage_missing,
            sum(case when cost_usd is null then reported_cost_usd end) as unpriced_reported_usd
        from meant
        group by day, model
        union all
        select day, 'web search', 0, sum(search_usd), 0, 0, null
        from meant
        where search_usd is not null
        group by day
    ),
    billed as (select day, model, sum(amount_usd) as invoice_usd from bill group by day, model),
    paired as (
        select
            coalesce(billed.day, computed.day) as day,
            coalesce(billed.model, computed.model) as model,
            billed.invoice_usd,
            computed.computed_usd,
            coalesce(computed.requests, 0) as requests,
            coalesce(computed.unpriced, 0) as unpriced,
            coalesce(computed.usage_missing, 0) as usage_missing,
            computed.unpriced_reported_usd
        from billed
        full join computed on billed.day = computed.day and billed.model is not distinct from computed.model
    )
select
    day,
    model,
    requests,
    unpriced,
    usage_missing,
    unpriced_reported_usd,
    invoice_usd,
    computed_usd,
    coalesce(invoice_usd, 0) - coalesce(computed_usd, 0) as difference_usd,
    case
        when invoice_usd > 0
        then least(cast(coalesce(computed_usd, 0) as double) / cast(invoice_usd as double), 1)
    end as explained_share
from paired
order by day, model nulls last
