-- A share of dollars, to the last digit that the store keeps.
create or replace temp macro share_of(share, usd) as
    cast(cast(share as decimal(5, 4)) * cast(usd as decimal(34, 21)) as decimal(38, 21))
;

-- What so many tokens cost if they are taken from four kinds in this order, as far as there are any.
create or replace temp macro taken_usd(
    tokens, first, first_usd, second, second_usd, third, third_usd, fourth, fourth_usd
) as
    cast(
        cast(least(tokens, first) as decimal(11, 0)) * coalesce(first_usd, 0)
        + cast(least(greatest(tokens - first, 0), second) as decimal(11, 0)) * coalesce(second_usd, 0)
        + cast(least(greatest(tokens - first - second, 0), third) as decimal(11, 0)) * coalesce(third_usd, 0)
        + cast(least(greatest(tokens - first - second - third, 0), fourth) as decimal(11, 0)) * coalesce(fourth_usd, 0)
        as decimal(38, 21)
    )
;
