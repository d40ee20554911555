-- One row per detector, and one per certainty; what each request could be spared at most stands in `least`
-- and `most`.
create or replace temp view waterfall as
select
    place,
    count(*) as requests,
    sum(saving_usd) as saving_usd,
    sum(saving_low_usd) as saving_low_usd,
    sum(saving_high_usd) as saving_high_usd,
    sum(alone_usd) as standalone_usd
from claims
group by place
;

create or replace temp view certainties as
select
    certainty as line,
    sum(case when saving_usd > 0 then 1 else 0 end) as requests,
    sum(saving_usd) as saving_usd,
    sum(saving_low_usd) as saving_low_usd,
    sum(saving_high_usd) as saving_high_usd
from claims
group by certainty
;

-- A request that two detectors point at is one request, and the best that one of them does for it is what
-- it saves.
create or replace temp view saved as
with
    each_request as (
        select
            dedupe_key,
            max(alone_usd) as saving_usd,
            max(alone_low_usd) as saving_low_usd,
            max(alone_high_usd) as saving_high_usd
        from claims
        group by dedupe_key
    )
select
    count(*) as requests,
    coalesce(sum(saving_usd), 0) as saving_usd,
    coalesce(sum(saving_low_usd), 0) as saving_low_usd,
    coalesce(sum(saving_high_usd), 0) as saving_high_usd
from each_request
;

create or replace temp view spent as
select
    coalesce(sum(requests), 0) as requests,
    coalesce(sum(spend_usd), 0) as spend_usd,
    min(first_us) as first_us,
    max(last_us) as last_us
from routes
;
