-- THE cost of a request, each priced by what `resolved_names` resolves its name to. Tokens times USD per
-- million tokens is
-- exact micro-USD; nothing is divided or rounded.
create or replace temp macro requests_priced_as(resolved_names) as table
with
    counted as (
        select
            *,
            -- what is paid for by the token and by the search
            struct_pack(
                input := text_input_tokens,
                cache_read := text_read_tokens,
                cache_write := short_write_tokens,
                cache_write_1h := cache_write_1h_input_tokens,
                output := text_output_tokens,
                reasoning := reasoning_output_tokens,
                cache_read_audio := cache_read_audio_tokens,
                cache_read_image := cache_read_image_tokens,
                input_audio := audio_input_tokens,
                input_image := image_input_tokens,
                output_audio := output_audio_tokens,
                output_image := output_image_tokens,
                web_search := web_search_requests,
                file_search := file_search_requests,
                x_search := x_search_requests,
                code_interpreter := code_interpreter_requests,
                unit := billed_unit,
                units := billed_units
            ) as quantities
        from leaves
    ),
    matched as (
        select
            counted.*,
            resolved.model as book_model,
            resolved.provider as book_provider,
            resolved.price_status as resolution,
            resolved.rule_id,
            resolved.how as price_how,
            prices.rule_id is not null as has_price,
            -- the row of the book that applies; made only where a query asks for it
            struct_pack(
                context := prices.context,
                valid_from := prices.valid_from,
                valid_to := prices.valid_to,
                tier_over := prices.tier_over,
                tier_up_to := prices.tier_up_to,
                days := prices.days,
                minute_from := prices.minute_from,
                minute_to := prices.minute_to,
                is_always := prices.is_always,
                assumed := prices.assumed,
                input := prices.input,
                output := prices.output,
                cache_read := prices.cache_read,
                cache_write := prices.cache_write,
                cache_write_1h := prices.cache_write_1h,
                reasoning := prices.reasoning,
                input_audio := prices.input_audio,
                output_audio := prices.output_audio,
                input_image := prices.input_image,
                output_image := prices.output_image,
                cache_read_audio := prices.cache_read_audio,
                cache_read_image := prices.cache_read_image,
                web_search := prices.web_search,
                file_search := prices.file_search,
                x_search := prices.x_search,
                code_interpreter := prices.code_interpreter,
                map_search := prices.map_search,
                search_source := prices.search_source,
                page := prices.page,
                image := prices.image,
                second := prices.second,
                request := prices.request
            ) as price,
            prices.multiplier,
            prices.price_no,
            -- a rate that the book does not name matters where there are tokens to pay at it
            (text_read_tokens > 0 and assumes(prices.assumed, 'cache_read'))
            or (cache_read_audio_tokens > 0 and assumes(prices.assumed, 'cache_read_audio'))
            or (cache_read_image_tokens > 0 and assumes(prices.assumed, 'cache_read_image'))
            or (short_write_tokens > 0 and assumes(prices.assumed, 'cache_write'))
            or (cache_write_1h_input_tokens > 0 and assumes(prices.assumed, 'cache_write_1h'))
            or (audio_input_tokens > 0 and assumes(prices.assumed, 'input_audio'))
            or (image_input_tokens > 0 and assumes(prices.assumed, 'input_image'))
            or (output_audio_tokens > 0 and assumes(prices.assumed, 'output_audio'))
            or (output_image_tokens > 0 and assumes(prices.assumed, 'output_image')) as is_assumed_rate,
            units_of(quantities, has_other_kinds, prices.list_rates) as list_units,
            units_of(quantities, has_other_kinds, prices.paid_rates) as paid_units,
            case when prices.is_whole = false then lacks_rate(quantities, prices.named_rates) else false end as lacks_rate,
            case
                when not has_other_kinds
                then null
                when prices.web_search is null and web_search_requests > 0
                then cast('no price for searches' as price_status)
                when prices.file_search is null and file_search_requests > 0
                then cast('no price for file searches' as price_status)
                when prices.x_search is null and x_search_requests > 0
                then cast('no price for X searches' as price_status)
                when prices.code_interpreter is null and code_interpreter_requests > 0
                then cast('no price for code containers' as price_status)
                when billed_units > 0 and rate_of_unit(billed_unit, prices.named_rates) is null
                then
                    case billed_unit
                        when 'map_search' then cast('no price for map searches' as price_status)
                        when 'search_source' then cast('no price for search sources' as price_status)
                        when 'page' then cast('no price for pages' as price_status)
                        when 'image' then cast('no price for images' as price_status)
                        when 'second' then cast('no price for seconds' as price_status)
                    end
            end as missing_fee
        from counted
        left join
            query_table(resolved_names) as resolved
            on counted.name_id = resolved.name_id
        left join
            prices
            on resolved.rule_id = prices.rule_id
            and resolved.context = prices.context
            and counted.started_at >= prices.valid_from
            and counted.started_at < prices.valid_to
            and counted.call_tokens > prices.tier_over
            and counted.call_tokens <= prices.tier_up_to
            and (prices.is_always or is_in_hours(counted.started_at, prices.days, prices.minute_from, prices.minute_to))
    ),
    judged as (
        select
            *,
            -- which of them holds first; the tests on what is usual stand in front
            case
                    when usage_status <> cast('priced' as price_status)
                    then usage_status
                    when resolution not in (cast('priced' as price_status), cast('provisioned' as price_status)) or (resolution = cast('provisioned' as price_status) and rule_id is null)
                    then resolution
                    when not has_price
                    then cast('no price for date' as price_status)
                    when lacks_rate
                    then cast('no rate for a token kind' as price_status)
                    when missing_fee is not null
                    then missing_fee
                    else resolution
                end as price_status
        from matched
    )
select
    * exclude (call_tokens, has_other_kinds, resolution, usage_status, has_price, list_units, paid_units, lacks_rate, missing_fee),
    usd_of_list_units(list_units) as computed_usd,
    -- answered from the gateway's own cache, or failed without a token: the log shows nothing to pay
    case
        when price_status in (cast('priced' as price_status), cast('provisioned' as price_status))
        then usd_of_list_units(list_units)
        when price_status in (cast('gateway cache' as price_status), cast('no usage' as price_status))
        then cast(0 as decimal(38, 15))
    end as list_cost_usd,
    -- a provisioned deployment is paid by the hour; its list cost is what the request would cost by the token
    case
        when price_status = cast('priced' as price_status)
        then usd_of_contract_units(paid_units)
        when price_status in (cast('provisioned' as price_status), cast('gateway cache' as price_status), cast('no usage' as price_status))
        then cast(0 as decimal(38, 21))
    end as cost_usd
from judged
;

-- What each name in the logs is called in reports.
create or replace temp view priced_names as
select name_id, coalesce(model, model_named) as model, coalesce(provider, provider_name) as provider
from resolved
;

-- What a token costs at each price, under the contract; requests of one price share its number.
create or replace temp view paid_rates as
select
    price_no,
    paid_usd_per_token(input, multiplier) as input_usd_per_token,
    paid_usd_per_token(cache_read, multiplier) as cache_read_usd_per_token,
    paid_usd_per_token(cache_write, multiplier) as cache_write_usd_per_token,
    paid_usd_per_token(cache_write_1h, multiplier) as cache_write_1h_usd_per_token,
    paid_usd_per_token(input_audio, multiplier) as input_audio_usd_per_token,
    paid_usd_per_token(cache_read_audio, multiplier) as cache_read_audio_usd_per_token,
    paid_usd_per_token(input_image, multiplier) as input_image_usd_per_token,
    paid_usd_per_token(cache_read_image, multiplier) as cache_read_image_usd_per_token,
    paid_usd_per_token(output, multiplier) as text_output_usd_per_token,
    paid_usd_per_token(reasoning, multiplier) as reasoning_usd_per_token
from prices
;
