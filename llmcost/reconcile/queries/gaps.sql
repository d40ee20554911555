/*
title: Gaps
answers: Which requests' reported cost is not ours, what are they made of, and how finely does their reporter count?
*/
with
    compared as (
        select
            scope.dedupe_key,
            scope.gateway,
            scope.emitter_version,
            scope.provider,
            scope.model,
            priced_requests.price_status,
            priced_requests.rule_id,
            priced_requests.price,
            priced_requests.started_at,
            coalesce(priced_requests.input_tokens, 0) as input_tokens,
            priced_requests.text_input_tokens,
            priced_requests.text_read_tokens,
            priced_requests.short_write_tokens,
            coalesce(priced_requests.cache_write_1h_input_tokens, 0) as long_write_tokens,
            priced_requests.audio_input_tokens,
            priced_requests.cache_read_audio_tokens,
            priced_requests.image_input_tokens,
            priced_requests.cache_read_image_tokens,
            priced_requests.text_output_tokens,
            coalesce(priced_requests.reasoning_output_tokens, 0) as reasoning_tokens,
            priced_requests.output_audio_tokens,
            priced_requests.output_image_tokens,
            coalesce(priced_requests.web_search_requests, 0) as web_search_requests,
            scope.reported_cost_usd,
            as_micro_usd(scope.reported_cost_usd) as reported_micro_usd,
            as_micro_usd(scope.list_cost_usd) as list_micro_usd,
            as_micro_usd(scope.cost_usd) as contract_micro_usd,
            -- at the book's rates even where a cache of the gateway's own answered
            as_micro_usd(priced_requests.computed_usd) as full_micro_usd
        from scope
        join priced_requests on scope.dedupe_key = priced_requests.dedupe_key
        where scope.reported_cost_usd is not null and scope.list_cost_usd is not null
    ),
    reporters as (
        select
            gateway,
            emitter_version,
            provider,
            max(decimals_of(reported_cost_usd)) as decimals,
            count(distinct nullif(reported_cost_usd, 0)) as costs
        from compared
        group by gateway, emitter_version, provider
    )
select
    compared.*,
    -- three different costs at least, or a round one would pass for a rounded one
    case when reporters.costs >= 3 then reporters.decimals end as decimals,
    case
        when reporters.costs >= 3
        then cast(cast(500000 as decimal(12, 6)) * power(10, - reporters.decimals) as decimal(30, 9))
    end as half_unit_micro_usd
from compared
join
    reporters
    on compared.gateway is not distinct from reporters.gateway
    and compared.emitter_version is not distinct from reporters.emitter_version
    and compared.provider is not distinct from reporters.provider
where not is_same_cost(compared.reported_micro_usd, compared.list_micro_usd)
