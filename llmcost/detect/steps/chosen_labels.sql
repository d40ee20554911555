-- Answers that are not logged, of routes whose requests ask for one of a few values: a closed list by
-- construction. Many lengths tell that more than the value was written.
with
    chosen_answers as (select * from routed_answers where tier = 'fields'),
    lengths as (
        select route, answers, response_choices, output_tokens, count(*) as times
        from chosen_answers
        group by route, answers, response_choices, output_tokens
    ),
    -- an answer is at most as frequent as its length
    shapes as (
        select
            route,
            count(output_tokens) as lengths,
            max(times) as top_answers,
            max(times) <= cast($max_top_share as decimal(5, 4)) * min(answers) as is_no_guard
        from lengths
        group by route, response_choices
        having
            count(output_tokens) <= $max_labels
            -- of two, the rare one may be what matters
            and (response_choices > 2 or max(times) <= cast($max_top_share as decimal(5, 4)) * min(answers))
    ),
    percentiles as (
        select route, percentile_disc(0.95) within group (order by output_tokens) as p95_tokens
        from chosen_answers
        where route in (select route from shapes)
        group by route
    )
select
    chosen_answers.dedupe_key,
    chosen_answers.cost_usd,
    chosen_answers.answers,
    chosen_answers.response_choices as labels,
    shapes.lengths,
    shapes.top_answers,
    shapes.is_no_guard,
    percentiles.p95_tokens
from chosen_answers
inner join shapes on chosen_answers.route = shapes.route
inner join percentiles on chosen_answers.route = percentiles.route
where chosen_answers.price_status = 'priced' and chosen_answers.cost_usd > 0
