/*
# over 200 lines: the standard has 60 columns, and services are named here
title: FOCUS cost and usage
answers: What did each meter of each model cost on each day, in the columns of the FinOps specification?
inputs: [scope, charges]
params:
  billing_account: llmcost-estimate  # whose account the charges stand in; they are estimates, no invoice
*/
with
    sellers as (
        select *
        from
            (
                values
                    ('anthropic', 'Anthropic', 'Claude API'),
                    ('aws', 'AWS', 'Amazon Bedrock'),
                    ('azure', 'Microsoft', 'Azure AI Foundry'),
                    ('baseten', 'Baseten', null),
                    ('cerebras', 'Cerebras', null),
                    ('cloudflare', 'Cloudflare', 'Workers AI'),
                    ('cohere', 'Cohere', null),
                    ('databricks', 'Databricks', 'Databricks Model Serving'),
                    ('deepseek', 'DeepSeek', null),
                    ('fireworks', 'Fireworks AI', null),
                    ('google', 'Google', 'Google AI'),
                    ('groq', 'Groq', null),
                    ('meta', 'Meta', null),
                    ('minimax', 'MiniMax', null),
                    ('mistral', 'Mistral AI', null),
                    ('moonshotai', 'Moonshot AI', null),
                    ('novita', 'Novita AI', null),
                    ('openai', 'OpenAI', null),
                    ('openrouter', 'OpenRouter', null),
                    ('perplexity', 'Perplexity', null),
                    ('together', 'Together AI', null),
                    ('voyageai', 'Voyage AI', null),
                    ('x-ai', 'xAI', null),
                    ('zai', 'Z.ai', null)
            ) as known(provider, seller, service)
    ),
    meters as (
        select *
        from
            (
                values
                    ('input', 'Input Tokens', 'Tokens'),
                    ('cache_read', 'Cached Input Tokens', 'Tokens'),
                    ('cache_write', 'Cache Write Tokens', 'Tokens'),
                    ('cache_write_1h', 'Cache Write 1h Tokens', 'Tokens'),
                    ('input_audio', 'Audio Input Tokens', 'Tokens'),
                    ('cache_read_audio', 'Cached Audio Input Tokens', 'Tokens'),
                    ('input_image', 'Image Input Tokens', 'Tokens'),
                    ('cache_read_image', 'Cached Image Input Tokens', 'Tokens'),
                    ('output', 'Output Tokens', 'Tokens'),
                    ('reasoning', 'Reasoning Tokens', 'Tokens'),
                    ('output_audio', 'Audio Output Tokens', 'Tokens'),
                    ('output_image', 'Image Output Tokens', 'Tokens'),
                    ('web_search', 'Web Searches', 'Searches'),
                    ('file_search', 'File Searches', 'Searches'),
                    ('x_search', 'X Searches', 'Searches'),
                    ('code_interpreter', 'Code Containers', 'Containers'),
                    ('map_search', 'Map Searches', 'Searches'),
                    ('search_source', 'Search Sources', 'Sources'),
                    ('page', 'Pages', 'Pages'),
                    ('image', 'Images', 'Images'),
                    ('second', 'Seconds', 'Seconds'),
                    ('request', 'Requests', 'Requests')
            ) as known(meter, sku_meter, unit)
    ),
    -- a request with two of the tags asked for stands in the scope twice
    asked as (select distinct dedupe_key, started_at, group_1, group_2, group_3, group_4 from scope),
    summed as (
        select
            cast(charges.started_at as date) as day,
            asked.group_1,
            asked.group_2,
            asked.group_3,
            asked.group_4,
            charges.meter,
            charges.book_provider,
            charges.book_model,
            charges.price_status,
            charges.region,
            charges.project_id,
            charges.deployment_id,
            nullif(charges.price.context, '') as service_level,
            -- a price without a date has been so since ever
            case
                when charges.price.valid_from > timestamp '0001-01-01'
                then cast(cast(charges.price.valid_from as date) as varchar)
            end as price_from,
            case when charges.price.tier_over >= 0 then charges.price.tier_over end as tier_over,
            case when not charges.price.is_always then charges.price.days end as price_days,
            case
                when not charges.price.is_always
                then concat(charges.price.minute_from, '-', charges.price.minute_to)
            end as price_minutes,
            charges.rate,
            case
                when charges.price_status = 'provisioned'
                then cast(0 as decimal(8, 6))
                else cast(coalesce(charges.multiplier, 1) as decimal(8, 6))
            end as factor,
            count(*) as requests,
            cast(sum(charges.quantity) as decimal(31, 0)) as quantity,
            sum(charges.list_cost_usd) as list_cost_usd,
            sum(charges.cost_usd) as cost_usd
        from charges
        inner join asked on charges.dedupe_key = asked.dedupe_key and charges.started_at = asked.started_at
        group by
            day,
            asked.group_1,
            asked.group_2,
            asked.group_3,
            asked.group_4,
            charges.meter,
            charges.book_provider,
            charges.book_model,
            charges.price_status,
            charges.region,
            charges.project_id,
            charges.deployment_id,
            service_level,
            price_from,
            tier_over,
            price_days,
            price_minutes,
            charges.rate,
            factor
    ),
    named as (
        select
            summed.*,
            coalesce(meters.sku_meter, summed.meter) as sku_meter,
            coalesce(meters.unit, 'Tokens') as unit,
            coalesce(sellers.seller, summed.book_provider) as seller,
            coalesce(
                sellers.service, concat(coalesce(sellers.seller, summed.book_provider), ' API')
            ) as service,
            concat(summed.book_provider, '/', summed.book_model) as sku,
            concat_ws(
                '/',
                summed.book_provider,
                summed.book_model,
                summed.meter,
                summed.price_from,
                summed.service_level,
                'over=' || cast(summed.tier_over as varchar),
                'days=' || cast(summed.price_days as varchar),
                'minutes=' || summed.price_minutes
            ) as sku_price
        from summed
        left join meters on summed.meter = meters.meter
        left join sellers on summed.book_provider = sellers.provider
    )
select
    group_1,
    group_2,
    group_3,
    group_4,
    cost_usd as "BilledCost",
    cast($billing_account as varchar) as "BillingAccountId",
    cast($billing_account as varchar) as "BillingAccountName",
    'USD' as "BillingCurrency",
    cast(date_trunc('month', day) + interval 1 month as timestamp) as "BillingPeriodEnd",
    cast(date_trunc('month', day) as timestamp) as "BillingPeriodStart",
    'Usage' as "ChargeCategory",
    cast(null as varchar) as "ChargeClass",
    concat(
        seller, ' ', book_model, ': ', sku_meter, coalesce(' at ' || service_level, '')
    ) as "ChargeDescription",
    'Usage-Based' as "ChargeFrequency",
    cast(day + interval 1 day as timestamp) as "ChargePeriodEnd",
    cast(day as timestamp) as "ChargePeriodStart",
    quantity as "ConsumedQuantity",
    unit as "ConsumedUnit",
    cost_usd as "ContractedCost",
    cast(cast(rate as decimal(19, 9)) * factor as decimal(25, 15)) as "ContractedUnitPrice",
    cost_usd as "EffectiveCost",
    seller as "HostProviderName",
    seller as "InvoiceIssuerName",
    list_cost_usd as "ListCost",
    rate as "ListUnitPrice",
    case when price_status = 'provisioned' then 'Committed' else 'Standard' end as "PricingCategory",
    case
        when unit = 'Tokens'
        then cast(quantity * cast(0.000001 as decimal(7, 6)) as decimal(38, 6))
        else quantity
    end as "PricingQuantity",
    case when unit = 'Tokens' then '1000000 Tokens' else unit end as "PricingUnit",
    seller as "ProviderName",
    seller as "PublisherName",
    region as "RegionId",
    deployment_id as "ResourceId",
    'AI and Machine Learning' as "ServiceCategory",
    service as "ServiceName",
    seller as "ServiceProviderName",
    'Generative AI' as "ServiceSubcategory",
    sku as "SkuId",
    sku_meter as "SkuMeter",
    struct_pack(
        "x_PriceFrom" := price_from,
        "x_ServiceLevel" := service_level,
        "x_InputTokensOver" := tier_over,
        "x_Days" := price_days,
        "x_MinutesOfDay" := price_minutes
    ) as "SkuPriceDetails",
    sku_price as "SkuPriceId",
    project_id as "SubAccountId",
    cast(null as varchar) as "Tags",
    price_status as "x_PriceStatus",
    requests as "x_Requests",
    case when unit = 'Tokens' then meter end as "x_TokenType"
from named
order by
    day,
    sku_price,
    price_status,
    rate,
    factor,
    region nulls last,
    project_id nulls last,
    deployment_id nulls last,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
