-- The parts of a cost. What 3_arithmetic.sql sums in whole numbers is multiplied here rate
-- by rate, in decimals. Of two decimals of up to 18 digits DuckDB makes a product of 18, which
-- overflows: one of them is cast wider.
create or replace temp macro micro_usd(tokens, rate) as
    case
        when coalesce(tokens, 0) = 0
        then cast(0 as decimal(30, 9))
        else cast(cast(tokens as decimal(19, 0)) * rate as decimal(30, 9))
    end
;

create or replace temp macro usd(quantity, rate) as
    case
        when coalesce(quantity, 0) = 0
        then cast(0 as decimal(38, 15))
        else cast(cast(quantity as decimal(19, 0)) * rate as decimal(38, 15))
    end
;

-- Whether a meter is paid by the call or unit, and not by the million.
create or replace temp macro is_fee(meter) as
    meter in (
        'web_search',
        'file_search',
        'x_search',
        'code_interpreter',
        'map_search',
        'search_source',
        'page',
        'image',
        'second',
        'request'
    )
;

-- A priced request as its parts: one row per meter that counted something. Together they are its cost.
create or replace temp view charges as
with
    metered as (
        select
            *,
            unnest(
                [
                    {meter:'input', quantity:quantities.input, rate:price.input},
                    {meter:'cache_read', quantity:quantities.cache_read, rate:price.cache_read},
                    {meter:'cache_write', quantity:quantities.cache_write, rate:price.cache_write},
                    {meter:'cache_write_1h', quantity:quantities.cache_write_1h, rate:price.cache_write_1h},
                    {meter:'input_audio', quantity:quantities.input_audio, rate:price.input_audio},
                    {meter:'cache_read_audio', quantity:quantities.cache_read_audio, rate:price.cache_read_audio},
                    {meter:'input_image', quantity:quantities.input_image, rate:price.input_image},
                    {meter:'cache_read_image', quantity:quantities.cache_read_image, rate:price.cache_read_image},
                    {meter:'output', quantity:quantities.output, rate:price.output},
                    {meter:'reasoning', quantity:quantities.reasoning, rate:price.reasoning},
                    {meter:'output_audio', quantity:quantities.output_audio, rate:price.output_audio},
                    {meter:'output_image', quantity:quantities.output_image, rate:price.output_image},
                    {meter:'web_search', quantity:quantities.web_search, rate:price.web_search},
                    {meter:'file_search', quantity:quantities.file_search, rate:price.file_search},
                    {meter:'x_search', quantity:quantities.x_search, rate:price.x_search},
                    {meter:'code_interpreter', quantity:quantities.code_interpreter, rate:price.code_interpreter},
                    {meter:quantities.unit, quantity:quantities.units, rate:rate_of_unit(quantities.unit, price)},
                    {meter:'request', quantity:case when price.request > 0 then 1 else 0 end, rate:price.request}
                ],
                max_depth := 2
            )
        from priced_requests
        where price_status in ('priced', 'provisioned')
    )
select
    * exclude (list_cost_usd, cost_usd, quantities),
    case
        when is_fee(meter)
        then usd(quantity, rate)
        else cast(micro_usd(quantity, rate) * cast(0.000001 as decimal(7, 6)) as decimal(38, 15))
    end as list_cost_usd,
    case
        when price_status = 'provisioned'
        then cast(0 as decimal(38, 21))
        when is_fee(meter)
        then contract_cost(usd(quantity, rate), multiplier)
        else
            contract_cost(
                cast(micro_usd(quantity, rate) * cast(0.000001 as decimal(7, 6)) as decimal(38, 15)), multiplier
            )
    end as cost_usd
from metered
where quantity > 0
;
