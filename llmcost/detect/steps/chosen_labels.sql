-- Answers that are not logged, of routes whose requests ask for one of a few values: a closed list by
-- construction. Many lengths tell that more than the value was written.
with
    chosen_routes as (
        select
            key,
            provider,
            model,
            system_prompt_hash,
            model_group,
            response_choices,
            row_number() over (
                order by
                    key nulls last,
                    provider nulls last,
                    model nulls last,
                    system_prompt_hash nulls last,
                    model_group nulls last,
                    response_choices nulls last
            ) as route,
            count(*) as answers
        from single_requests
        where
            response_choices between 2 and $max_labels
            and output_hash is null
            and status = 'ok'
            and operation <> 'embeddings'
            and model_named in (select model_named from smaller_names)
        group by key, provider, model, system_prompt_hash, model_group, response_choices
        having
            count(*) >= $min_requests
            and 20 * sum(case when reasoning_output_tokens > 0 then 1 else 0 end) <= count(*)
            and count(output_tokens) > 0
    ),
    chosen_answers as (
        select
            chosen_routes.route,
            chosen_routes.answers,
            chosen_routes.response_choices,
            single_requests.dedupe_key,
            single_requests.output_tokens,
            single_requests.price_status,
            single_requests.cost_usd
        from single_requests
        inner join
            chosen_routes
            on single_requests.key is not distinct from chosen_routes.key
            and single_requests.provider is not distinct from chosen_routes.provider
            and single_requests.model is not distinct from chosen_routes.model
            and single_requests.system_prompt_hash is not distinct from chosen_routes.system_prompt_hash
            and single_requests.model_group is not distinct from chosen_routes.model_group
            and single_requests.response_choices = chosen_routes.response_choices
        where
            single_requests.output_hash is null
            and single_requests.status = 'ok'
            and single_requests.operation <> 'embeddings'
    ),
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
