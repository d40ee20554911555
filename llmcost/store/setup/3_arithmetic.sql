-- What one of the units costs that a request is billed by, of rates of any kind.
create or replace temp macro rate_of_unit(unit, rates) as
    case unit
        when 'map_search' then rates.map_search
        when 'search_source' then rates.search_source
        when 'page' then rates.page
        when 'image' then rates.image
        when 'second' then rates.second
    end
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
            + cast(coalesce(quantities.file_search, 0) as hugeint) * rates.file_search
            + cast(coalesce(quantities.x_search, 0) as hugeint) * rates.x_search
            + cast(coalesce(quantities.code_interpreter, 0) as hugeint) * rates.code_interpreter
            + cast(coalesce(quantities.units, 0) as hugeint) * coalesce(rate_of_unit(quantities.unit, rates), 0)
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

-- The list price under a contract; 21 decimals hold every digit of rate x factor.
create or replace temp macro contract_cost(list_cost, multiplier) as
    cast(cast(list_cost as decimal(29, 15)) * cast(coalesce(multiplier, 1) as decimal(8, 6)) as decimal(38, 21))
;

-- What one token costs under the contract, wide enough for the largest rate. Any number of tokens times
-- this is exact in decimal(38, 21).
create or replace temp macro paid_usd_per_token(rate, multiplier) as
    cast(
        cast(cast(rate as decimal(19, 9)) * cast(coalesce(multiplier, 1) as decimal(8, 6)) as decimal(27, 15))
        * cast(0.000001 as decimal(7, 6))
        as decimal(26, 21)
    )
;
