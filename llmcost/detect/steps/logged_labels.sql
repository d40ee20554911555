-- Answers of routes that only pick labels: short, of few kinds, and none of them nearly always.
with
    -- what kind of answers a route gets; the tests that need no counting of answers come first
    routes_of_short_answers as (
        select
            key,
            provider,
            model,
            system_prompt_hash,
            row_number() over (
                order by key nulls last, provider nulls last, model nulls last, system_prompt_hash nulls last
            ) as route
        from single_requests
        where
            status = 'ok'
            and operation <> 'embeddings'
            and model_named in (select model_named from smaller_names)
        group by key, provider, model, system_prompt_hash
        having
            count(output_hash) >= $min_requests
            -- a few that are not logged may be what differs; many are a log of their own
            and (count(output_hash) = count(*) or count(*) - count(output_hash) >= $min_requests)
            and sum(
                case
                    when output_hash is null
                    then 0
                    when finish_reason in ('tool_calls', 'tool_use', 'function_call')
                    then 1
                    else 0
                end
            )
            = 0
            and 20 * sum(case when reasoning_output_tokens > 0 and output_hash is not null then 1 else 0 end)
            <= count(output_hash)
            and 100
            * sum(case when output_tokens <= $max_label_tokens and output_hash is not null then 1 else 0 end)
            >= 95 * count(output_hash)
    ),
    short_answers as (
        select
            routes_of_short_answers.route,
            single_requests.dedupe_key,
            single_requests.output_hash,
            single_requests.output_tokens,
            single_requests.price_status,
            single_requests.cost_usd
        from single_requests
        inner join
            routes_of_short_answers
            on single_requests.key is not distinct from routes_of_short_answers.key
            and single_requests.provider is not distinct from routes_of_short_answers.provider
            and single_requests.model is not distinct from routes_of_short_answers.model
            and single_requests.system_prompt_hash
            is not distinct from routes_of_short_answers.system_prompt_hash
        where
            single_requests.status = 'ok'
            and single_requests.operation <> 'embeddings'
            and single_requests.output_hash is not null
    ),
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
