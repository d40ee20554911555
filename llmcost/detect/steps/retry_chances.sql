-- How likely chance alone makes each link by counts, in millionths, rounded up: the rate of its tokens,
-- once for each request that its sender began between the two, the second included.
with
    links as (
        select sender, counted_on, content as input_tokens, run_key, started_us, after_us
        from retry_links
        where counted_on is not null and link is not null
    ),
    moments as (
        select
            sender,
            counted_on,
            started_us as moment_us,
            1 as requests,
            cast(null as ubigint) as run_key,
            0 as part
        from retry_peers
        where sender is not null
        union all
        select sender, counted_on, after_us as moment_us, 0 as requests, run_key, 1 as part
        from links
        union all
        select sender, counted_on, started_us as moment_us, 0 as requests, run_key, 2 as part
        from links
    ),
    passed as (
        select
            *,
            sum(requests) over (
                partition by sender, counted_on
                order by moment_us nulls last, part nulls last, run_key nulls last
                rows between unbounded preceding and current row
            ) as so_far
        from moments
    ),
    trials as (
        select
            run_key,
            greatest(
                cast(sum(case when part = 1 then - so_far when part = 2 then so_far end) as bigint), 1
            ) as requests
        from passed
        where part > 0
        group by run_key
    ),
    scaled as (
        select
            links.run_key,
            cast(trials.requests * cast(1000000 as bigint) as decimal(18, 0)) as millions,
            cast(rates.same as decimal(18, 0)) as same,
            cast(rates.out_of as decimal(18, 0)) as out_of,
            cast(rates.own_same as decimal(18, 0)) as own_same,
            cast(rates.own_out_of as decimal(18, 0)) as own_out_of
        from links
        inner join trials on links.run_key = trials.run_key
        inner join
            retry_rates as rates
            on links.sender = rates.sender
            and links.counted_on = rates.counted_on
            and links.input_tokens = rates.input_tokens
    ),
    shares as (
        select
            run_key,
            millions * same + out_of - 1 as part,
            out_of as whole,
            millions * own_same + own_out_of - 1 as own_part,
            own_out_of as own_whole
        from scaled
    )
select
    run_key,
    least(
        greatest(
            cast((part - part % whole) / whole as bigint),
            cast((own_part - own_part % own_whole) / own_whole as bigint)
        ),
        1000000
    ) as chance
from shares
