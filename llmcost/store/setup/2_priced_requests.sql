-- A count past what any model can hold is not a count. It is read as not reported, so that no sum of any
-- query
-- holds
-- it; its request has the price status that says so.
create or replace temp macro possible(x) as case when x between 0 and 1000000000 then x end
;

create or replace temp macro possible_searches(x) as case when x between 0 and 1000000 then x end
;

-- Every token stands in exactly one leaf, so nothing is paid twice.
create or replace temp view leaves as
with
    counted as (
        select
            * replace (
                possible(input_tokens) as input_tokens,
                possible(cache_read_input_tokens) as cache_read_input_tokens,
                possible(cache_write_input_tokens) as cache_write_input_tokens,
                possible(cache_write_5m_input_tokens) as cache_write_5m_input_tokens,
                possible(cache_write_1h_input_tokens) as cache_write_1h_input_tokens,
                possible(input_audio_tokens) as input_audio_tokens,
                possible(input_image_tokens) as input_image_tokens,
                possible(cache_read_audio_tokens) as cache_read_audio_tokens,
                possible(cache_read_image_tokens) as cache_read_image_tokens,
                possible(output_tokens) as output_tokens,
                possible(reasoning_output_tokens) as reasoning_output_tokens,
                possible(output_audio_tokens) as output_audio_tokens,
                possible(output_image_tokens) as output_image_tokens,
                possible(total_tokens_reported) as total_tokens_reported,
                possible(max_tokens_requested) as max_tokens_requested,
                possible(system_prompt_chars) as system_prompt_chars,
                possible(input_chars) as input_chars,
                possible(output_chars) as output_chars,
                possible_searches(web_search_requests) as web_search_requests
            ),
            coalesce(
                greatest(
                    input_tokens,
                    cache_read_input_tokens,
                    cache_write_input_tokens,
                    cache_write_1h_input_tokens,
                    input_audio_tokens,
                    input_image_tokens,
                    cache_read_audio_tokens,
                    cache_read_image_tokens,
                    output_tokens,
                    reasoning_output_tokens,
                    output_audio_tokens,
                    output_image_tokens
                )
                > 1000000000
                or least(
                    input_tokens,
                    cache_read_input_tokens,
                    cache_write_input_tokens,
                    cache_write_1h_input_tokens,
                    input_audio_tokens,
                    input_image_tokens,
                    cache_read_audio_tokens,
                    cache_read_image_tokens,
                    output_tokens,
                    reasoning_output_tokens,
                    output_audio_tokens,
                    output_image_tokens
                )
                < 0
                or web_search_requests not between 0 and 1000000,
                false
            ) as is_impossible
        from requests
    ),
    parts as (
        select
            * replace (
                -- all attempts and fallbacks of one call of a LiteLLM client share its trace; not stored a
                -- second
                -- time
                coalesce(logical_request_id, case when gateway = 'litellm' then trace_id end, request_id) as logical_request_id
            ),
            coalesce(response_model, request_model) as model_named,
            input_tokens
            - coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_write_input_tokens, 0)
            - (coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0))
            - (coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0)) as text_input_tokens,
            coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0) as audio_input_tokens,
            coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0) as image_input_tokens,
            coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_read_audio_tokens, 0)
            - coalesce(cache_read_image_tokens, 0) as text_read_tokens,
            coalesce(cache_write_input_tokens, 0) - coalesce(cache_write_1h_input_tokens, 0) as short_write_tokens,
            -- most requests have text alone, and what is not there need not be multiplied
            coalesce(
                input_audio_tokens,
                input_image_tokens,
                cache_read_audio_tokens,
                cache_read_image_tokens,
                output_audio_tokens,
                output_image_tokens,
                web_search_requests
            )
            is not null as has_other_kinds,
            output_tokens
            - coalesce(reasoning_output_tokens, 0)
            - coalesce(output_audio_tokens, 0)
            - coalesce(output_image_tokens, 0) as text_output_tokens
        from counted
    )
select
    * exclude (is_impossible),
    -- what the usage alone says of the cost; judged before the joins, where it is cheaper
    case
            when gateway_cache_hit
            then cast('gateway cache' as price_status)
            when is_impossible
            then cast('impossible count' as price_status)
            when usage_source <> 'provider' or input_tokens is null or output_tokens is null
            then case when status = 'error' and usage_source = 'missing' then cast('no usage' as price_status) else cast('usage missing' as price_status) end
            when
                least(
                    text_input_tokens,
                    text_read_tokens,
                    audio_input_tokens,
                    image_input_tokens,
                    short_write_tokens,
                    text_output_tokens
                )
                < 0
            then cast('bad usage' as price_status)
            else cast('priced' as price_status)
        end as usage_status
from parts
;

-- THE price of quantities at rates, both by meter: what one request comes to, in whole numbers.
create or replace temp macro units_of(quantities, has_other_kinds, rates) as
    coalesce(rates.request, 0)
    + cast(coalesce(quantities.input, 0) as hugeint) * rates.input
    + cast(coalesce(quantities.cache_read, 0) as hugeint) * rates.cache_read
    + cast(coalesce(quantities.cache_write, 0) as hugeint) * rates.cache_write
    + cast(coalesce(quantities.cache_write_1h, 0) as hugeint) * rates.cache_write_1h
    + cast(coalesce(quantities.output, 0) as hugeint) * rates.output
    + cast(coalesce(quantities.reasoning, 0) as hugeint) * rates.reasoning
    + case
        when has_other_kinds
        then
            cast(coalesce(quantities.cache_read_audio, 0) as hugeint) * rates.cache_read_audio
            + cast(coalesce(quantities.cache_read_image, 0) as hugeint) * rates.cache_read_image
            + cast(coalesce(quantities.input_audio, 0) as hugeint) * rates.input_audio
            + cast(coalesce(quantities.input_image, 0) as hugeint) * rates.input_image
            + cast(coalesce(quantities.output_audio, 0) as hugeint) * rates.output_audio
            + cast(coalesce(quantities.output_image, 0) as hugeint) * rates.output_image
            + cast(coalesce(quantities.web_search, 0) as hugeint) * rates.web_search
        else 0
    end
;

-- Whether something is to be paid by the token at a rate that is missing.
create or replace temp macro lacks_rate(quantities, rates) as
    (coalesce(quantities.input, 0) > 0 and rates.input is null)
    or (coalesce(quantities.cache_read, 0) > 0 and rates.cache_read is null)
    or (coalesce(quantities.cache_read_audio, 0) > 0 and rates.cache_read_audio is null)
    or (coalesce(quantities.cache_read_image, 0) > 0 and rates.cache_read_image is null)
    or (coalesce(quantities.cache_write, 0) > 0 and rates.cache_write is null)
    or (coalesce(quantities.cache_write_1h, 0) > 0 and rates.cache_write_1h is null)
    or (coalesce(quantities.input_audio, 0) > 0 and rates.input_audio is null)
    or (coalesce(quantities.input_image, 0) > 0 and rates.input_image is null)
    or (coalesce(quantities.output, 0) > 0 and rates.output is null)
    or (coalesce(quantities.reasoning, 0) > 0 and rates.reasoning is null)
    or (coalesce(quantities.output_audio, 0) > 0 and rates.output_audio is null)
    or (coalesce(quantities.output_image, 0) > 0 and rates.output_image is null)
;

-- THE cost of a request, each priced by what `resolved_names` resolves its name to. Tokens times USD per
-- million tokens is
-- exact micro-USD; nothing is divided or rounded.
create or replace temp macro requests_priced_as(resolved_names) as table
with
    matched as (
        select
            leaves.*,
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
                web_search := web_search_requests
            ) as quantities,
            units_of(quantities, has_other_kinds, prices.list_rates) as list_units,
            units_of(quantities, has_other_kinds, prices.paid_rates) as paid_units,
            not prices.is_whole and lacks_rate(quantities, price) as lacks_rate,
            prices.web_search is null and coalesce(web_search_requests, 0) > 0 as lacks_fee
        from leaves
        left join
            query_table(resolved_names) as resolved
            on leaves.name_id = resolved.name_id
        left join
            prices
            on resolved.rule_id = prices.rule_id
            and resolved.context = prices.context
            and leaves.started_at >= prices.valid_from
            and leaves.started_at < prices.valid_to
            and coalesce(leaves.input_tokens, 0) > prices.tier_over
            and coalesce(leaves.input_tokens, 0) <= prices.tier_up_to
            and (prices.is_always or is_in_hours(leaves.started_at, prices.days, prices.minute_from, prices.minute_to))
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
                    when lacks_fee
                    then cast('no price for searches' as price_status)
                    else resolution
                end as price_status
        from matched
    )
select
    * exclude (has_other_kinds, resolution, usage_status, has_price, list_units, paid_units, lacks_rate, lacks_fee),
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

create or replace temp view priced_requests as
from requests_priced_as('resolved')
;

-- What each name in the logs is called in reports.
create or replace temp view priced_names as
select name_id, coalesce(model, model_named) as model, coalesce(provider, provider_name) as provider
from resolved
;
