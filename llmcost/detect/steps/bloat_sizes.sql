-- How large the prompts of a group are, which size is usual, and above which they are large. Only groups that
-- are far more uneven above the usual size than below it: documents as they come are as uneven both ways.
with
    placed as (
        select
            bloat_no,
            answers,
            input_tokens,
            row_number() over (
                partition by bloat_no order by started_us nulls last, dedupe_key nulls last
            ) as place
        from bloat_answers
    ),
    beginnings as (
        select bloat_no, percentile_disc(0.5) within group (order by input_tokens) as begin_tokens
        from placed
        where 4 * place <= answers
        group by bloat_no
    ),
    sizes as (
        select
            bloat_no,
            answers,
            percentile_disc(0.05) within group (order by input_tokens) as p5_tokens,
            percentile_disc(0.5) within group (order by input_tokens) as p50_tokens,
            percentile_disc(0.75) within group (order by input_tokens) as p75_tokens,
            percentile_disc(0.9) within group (order by input_tokens) as p90_tokens,
            percentile_disc(0.95) within group (order by input_tokens) as p95_tokens,
            percentile_disc(0.95) within group (order by output_tokens) as answer_p95_tokens
        from bloat_answers
        group by bloat_no, answers
    ),
    usual as (
        select
            sizes.*,
            coalesce(2 * beginnings.begin_tokens <= sizes.p50_tokens, false) as has_grown,
            case
                when 2 * beginnings.begin_tokens <= sizes.p50_tokens
                then beginnings.begin_tokens
                else sizes.p50_tokens
            end as usual_tokens
        from sizes
        left join beginnings on sizes.bloat_no = beginnings.bloat_no
    )
select *, $cap_factor * usual_tokens as cap_tokens
from usual
where
    cast(p95_tokens as decimal(19, 0)) * cast(p5_tokens as decimal(19, 0))
    >= cast($min_skew as decimal(9, 4)) * cast(usual_tokens * usual_tokens as decimal(19, 0))
