-- Answers of routes that only pick labels: short, of few kinds, and none of them nearly always.
with
    short_answers as (select * from routed_answers where tier = 'text'),
    labels as (select route, output_hash, count(*) as times from short_answers group by route, output_hash),
    closed_routes as (
        select route, count(*) as labels, cast(sum(times) as bigint) as answers, max(times) as top_answers
        from labels
        group by route
        having
            count(*) <= $max_labels
            and 10 * count(*) <= sum(times)
            and max(times) <= cast($max_top_share as decimal(5, 4)) * sum(times)
    ),
    lengths as (
        select route, percentile_disc(0.95) within group (order by output_tokens) as p95_tokens
        from short_answers
        where route in (select route from closed_routes)
        group by route
    )
select
    short_answers.dedupe_key,
    short_answers.cost_usd,
    closed_routes.labels,
    closed_routes.answers,
    closed_routes.top_answers,
    lengths.p95_tokens
from short_answers
inner join closed_routes on short_answers.route = closed_routes.route
inner join lengths on short_answers.route = lengths.route
where short_answers.price_status = 'priced' and short_answers.cost_usd > 0
