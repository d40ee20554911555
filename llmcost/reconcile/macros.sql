-- What the queries of reconcile share.
create or replace temp macro as_micro_usd(usd) as
    cast(cast(usd as decimal(29, 15)) * cast(1000000 as decimal(7, 0)) as decimal(30, 9))
;

-- Equal but for a binary fraction's noise: a billionth of the cost and the last digit that a
-- store keeps, 1e-12 USD.
create or replace temp macro is_same_cost(reported_micro_usd, expected_micro_usd) as
    abs(cast(reported_micro_usd - expected_micro_usd as double)) <= 1e-9 * abs(cast(expected_micro_usd as double)) + 1e-6
;

-- How many decimals a cost in USD is written with, 2 at least; a 0 says nothing.
create or replace temp macro decimals_of(usd) as
    case
        when usd = 0
        then null
        when usd = round(usd, 2)
        then 2
        when usd = round(usd, 3)
        then 3
        when usd = round(usd, 4)
        then 4
        when usd = round(usd, 5)
        then 5
        when usd = round(usd, 6)
        then 6
        when usd = round(usd, 7)
        then 7
        when usd = round(usd, 8)
        then 8
        when usd = round(usd, 9)
        then 9
        else 12
    end
;
