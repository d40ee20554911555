/*
title: Gaps
answers: Which requests' reported cost is not ours, what are they made of, and how finely does their reporter count?
inputs: [priced_requests, scope]
*/
with
    compared as (
        select
            dedupe_key,
            gateway,
            emitter_version,
            coalesce(book_provider, provider_name) as provider,
            coalesce(book_model, model_named) as model,
            price_status,
            rule_id,
            price,
            started_at,
            quantities,
            coalesce(input_tokens, 0) as input_tokens,
            text_input_tokens,
            text_read_tokens,
            short_write_tokens,
            coalesce(cache_write_1h_input_tokens, 0) as long_write_tokens,
            audio_input_tokens,
            cache_read_audio_tokens,
            image_input_tokens,
            cache_read_image_tokens,
            text_output_tokens,
            coalesce(reasoning_output_tokens, 0) as reasoning_tokens,
            output_audio_tokens,
            output_image_tokens,
            coalesce(web_search_requests, 0) as web_search_requests,
            reported_cost_usd,
            as_micro_usd(reported_cost_usd) as reported_micro_usd,
            as_micro_usd(list_cost_usd) as list_micro_usd,
            as_micro_usd(cost_usd) as contract_micro_usd,
            -- at the book's rates even where a cache of the gateway's own answered
            as_micro_usd(computed_usd) as full_micro_usd
        from priced_requests
        where
            reported_cost_usd is not null
            and list_cost_usd is not null
            and dedupe_key in (select dedupe_key from scope where reported_cost_usd is not null)
    ),
    reporters as (
        select
            gateway,
            emitter_version,
            provider,
            max(decimals_of(reported_cost_usd)) as decimals,
            count(distinct nullif(reported_cost_usd, 0)) as costs
        from scope
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
