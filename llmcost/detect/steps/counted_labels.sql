-- Answers that are not logged, of routes whose counts of output tokens are as of a closed list: few, none
-- of them rare, and with a hole between two that lengths of texts do not have.
with
    counted_answers as (select * from routed_answers where tier = 'counts'),
    lengths as (
        select route, answers, output_tokens as tokens, cast(count(*) as double) as times
        from counted_answers
        where output_tokens <= $max_label_tokens
        group by route, answers, output_tokens
    ),
    neighbours as (
        select
            *,
            row_number() over (partition by route order by tokens nulls last) as place,
            lag(times) over (partition by route order by tokens nulls last) as times_before,
            lead(times) over (partition by route order by tokens nulls last) as times_after,
            lead(tokens) over (partition by route order by tokens nulls last) as next_tokens
        from lengths
    ),
    -- Lengths of texts rise to a middle and fall off: of three in a row the square of the middle one is no
    -- less than the product of the outer ones. Less by three standard deviations is no chance.
    holes as (
        select
            *,
            case
                when next_tokens > tokens + 1 and times * times_after >= 9 * (times + times_after)
                then 1
                else 0
            end as is_before_gap,
            case
                when
                    times_before * times_after > times * times
                    and (times_before * times_after - times * times)
                    * (times_before * times_after - times * times)
                    >= 9
                    * (times_before * times_after * (times_before + times_after) + 4 * times * times * times)
                then 1
                else 0
            end as is_dip
        from neighbours
    ),
    shapes as (
        select
            route,
            answers,
            count(*) as lengths,
            max(times) as most,
            min(times) as fewest,
            max(case when place = 1 then times end) as shortest,
            -- a hole right after the shortest answer, and one further on
            max(
                case when place = 1 then is_before_gap when place = 2 then is_dip else 0 end
            ) as has_first_hole,
            max(
                case
                    when place = 1
                    then 0
                    when place = 2
                    then is_before_gap
                    else greatest(is_dip, is_before_gap)
                end
            ) as has_later_hole
        from holes
        group by route, answers
    ),
    listed_routes as (
        select route, lengths, cast(most as bigint) as top_answers
        from shapes
        where
            lengths between 3 and $max_lengths
            and most <= cast($max_top_length as decimal(5, 4)) * answers
            and 100 * fewest >= answers
            -- the shortest may be "none" among texts that are taken out of others, but then is not the rule
            and (has_later_hole = 1 or (has_first_hole = 1 and shortest = most))
    ),
    percentiles as (
        select route, percentile_disc(0.95) within group (order by output_tokens) as p95_tokens
        from counted_answers
        where route in (select route from listed_routes)
        group by route
    )
select
    counted_answers.dedupe_key,
    counted_answers.cost_usd,
    counted_answers.answers,
    listed_routes.lengths,
    listed_routes.top_answers,
    percentiles.p95_tokens
from counted_answers
inner join listed_routes on counted_answers.route = listed_routes.route
inner join percentiles on counted_answers.route = percentiles.route
where counted_answers.price_status = 'priced' and counted_answers.cost_usd > 0
