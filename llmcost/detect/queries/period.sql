/*
title: A period
answers: How many operations did each key have, what did they cost, and what of it was found?
inputs: [routes, hits, claims, groups]
*/
-- a redundant attempt is no operation of its own
with
    sent as (
        select key, cast(sum(requests) as bigint) as requests, sum(spend_usd) as spend_usd
        from routes
        group by key
    ),
    redundant as (select place, dedupe_key from hits where detector = 'retries'),
    found as (
        select
            groups.key,
            count(redundant.dedupe_key) as redundant,
            coalesce(sum(claims.saving_usd), 0) as saving_usd
        from claims
        inner join groups on claims.group_no = groups.group_no
        left join redundant on claims.place = redundant.place and claims.dedupe_key = redundant.dedupe_key
        group by groups.key
    )
select
    sent.key,
    sent.requests - cast(coalesce(found.redundant, 0) as bigint) as operations,
    sent.spend_usd,
    coalesce(found.saving_usd, 0) as saving_usd
from sent
left join found on sent.key is not distinct from found.key
