-- How many requests of a run have a count of tokens, and how many of the run before it.
with
    sizes as (
        select
            space,
            cut,
            place,
            input_tokens,
            -- so wide that products of three are exact
            cast(count(*) as decimal(19, 0)) as requests,
            min(started_us) as first_us
        from embedding_runs
        group by space, cut, place, input_tokens
    ),
    runs as (
        select space, cut, place, sum(requests) as run_requests, min(first_us) as first_us
        from sizes
        group by space, cut, place
    ),
    numbered as (
        select
            space,
            cut,
            place,
            run_requests,
            first_us,
            row_number() over in_time as run_no,
            lag(run_requests) over in_time as run_requests_before,
            lead(run_requests) over in_time as run_requests_after,
            lag(first_us) over in_time as first_us_before
        from runs
        window in_time as (partition by space, cut order by place nulls last)
    ),
    neighbours as (
        select
            sizes.space,
            sizes.cut,
            sizes.place,
            sizes.input_tokens,
            sizes.requests,
            numbered.run_no,
            numbered.run_requests,
            numbered.run_requests_before,
            numbered.run_requests_after,
            numbered.first_us - numbered.first_us_before as age_us,
            lag(sizes.requests) over of_size as requests_before,
            lag(numbered.run_no) over of_size as run_no_before,
            lead(numbered.run_no) over of_size as run_no_after
        from sizes
        inner join
            numbered
            on sizes.space = numbered.space
            and sizes.cut = numbered.cut
            and sizes.place = numbered.place
        window
            of_size as (
                partition by sizes.space, sizes.cut, sizes.input_tokens order by numbered.run_no nulls last
            )
    )
select
    space,
    cut,
    place,
    run_no,
    input_tokens,
    requests,
    case when run_no_before = run_no - 1 then requests_before else 0 end as requests_before,
    run_requests,
    run_requests_before,
    age_us
from neighbours
union all
-- what the run before has alone
select
    space,
    cut,
    cast(null as bigint) as place,
    run_no + 1 as run_no,
    input_tokens,
    0 as requests,
    requests as requests_before,
    run_requests_after as run_requests,
    run_requests as run_requests_before,
    cast(null as bigint) as age_us
from neighbours
where run_requests_after is not null and run_no_after is distinct from run_no + 1
