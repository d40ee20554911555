-- The rows of `llmcost detect`, largest saving first. The requests that save most stand for their finding.
create or replace temp view findings as
with
    groups as (
        select group_no, cast(sum(requests) as bigint) as of_requests, sum(spend_usd) as spend_usd
        from routes
        group by group_no
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by place, group_no, certainty
                order by alone_usd desc nulls last, request_id nulls last, dedupe_key nulls last
            ) as number
        from claims
    ),
    found as (
        select
            place,
            group_no,
            certainty,
            min(detector) as detector,
            min(key) as key,
            min(model) as model,
            min(route) as route,
            count(*) as requests,
            sum(saving_usd) as saving_usd,
            sum(saving_low_usd) as saving_low_usd,
            sum(saving_high_usd) as saving_high_usd,
            max(case when number = 1 then finding || ': ' || evidence end) as evidence,
            max(case when number = 1 then request_id end)
            || coalesce(' ' || max(case when number = 2 then request_id end), '')
            || coalesce(' ' || max(case when number = 3 then request_id end), '') as examples
        from numbered
        group by place, group_no, certainty
    )
select
    found.place,
    found.group_no,
    found.detector,
    found.key,
    found.model,
    found.route,
    found.certainty,
    found.requests,
    groups.of_requests,
    groups.spend_usd,
    found.saving_usd,
    found.saving_low_usd,
    found.saving_high_usd,
    found.evidence,
    found.examples
from found
inner join
    groups
    on found.group_no = groups.group_no
order by
    found.saving_usd desc nulls last,
    found.place nulls last,
    found.key nulls last,
    found.model nulls last,
    found.route nulls last,
    found.certainty nulls last
;
