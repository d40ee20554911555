-- A share of dollars, to the last digit that the store keeps.
create or replace temp macro share_of(share, usd) as
    cast(cast(share as decimal(5, 4)) * cast(usd as decimal(34, 21)) as decimal(38, 21))
;
