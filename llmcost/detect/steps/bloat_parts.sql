-- The large prompts of each group, and those of usual size: how long their answers are, and what of the large
-- ones only carries on from the request before, or was read from a cache.
with
    followed as (
        select
            answers.bloat_no,
            answers.dedupe_key,
            answers.input_tokens,
            answers.output_tokens,
            answers.text_read_tokens,
            answers.trace,
            sizes.usual_tokens,
            sizes.cap_tokens,
            lag(answers.input_tokens) over (
                partition by answers.bloat_no, answers.caller
                order by answers.started_us nulls last, answers.dedupe_key nulls last
            ) as before_tokens,
            lag(answers.output_tokens) over (
                partition by answers.bloat_no, answers.caller
                order by answers.started_us nulls last, answers.dedupe_key nulls last
            ) as said_tokens,
            lag(answers.input_tokens) over (
                partition by answers.bloat_no, answers.trace
                order by answers.started_us nulls last, answers.dedupe_key nulls last
            ) as trace_before_tokens,
            lag(answers.output_tokens) over (
                partition by answers.bloat_no, answers.trace
                order by answers.started_us nulls last, answers.dedupe_key nulls last
            ) as trace_said_tokens
        from bloat_answers as answers
        inner join bloat_sizes as sizes on answers.bloat_no = sizes.bloat_no
    ),
    large as (
        select
            *,
            coalesce(2 * before_tokens >= input_tokens and before_tokens + said_tokens <= input_tokens, false)
            or coalesce(
                trace is not null
                and 2 * trace_before_tokens >= input_tokens
                and trace_before_tokens + trace_said_tokens <= input_tokens,
                false
            ) as is_continued,
            ntile(2) over (
                partition by bloat_no order by input_tokens nulls last, dedupe_key nulls last
            ) as half
        from followed
        where input_tokens > cap_tokens
    ),
    large_sums as (
        select
            bloat_no,
            count(*) as requests,
            cast(sum(output_tokens) as decimal(18, 0)) as said,
            sum(case when half = 1 then 1 else 0 end) as lower_requests,
            cast(sum(case when half = 1 then output_tokens else 0 end) as decimal(18, 0)) as lower_said,
            sum(case when half = 2 then 1 else 0 end) as upper_requests,
            cast(sum(case when half = 2 then output_tokens else 0 end) as decimal(18, 0)) as upper_said,
            percentile_disc(0.1) within group (order by output_tokens) as p10_said,
            percentile_disc(0.9) within group (order by output_tokens) as p90_said
        from large
        group by bloat_no
        having
            2 * sum(case when is_continued then 1 else 0 end) < count(*)
            and 2 * sum(text_read_tokens) < sum(input_tokens)
    ),
    usual_sums as (
        select
            bloat_no,
            count(*) as requests,
            cast(sum(output_tokens) as decimal(18, 0)) as said,
            percentile_disc(0.1) within group (order by output_tokens) as p10_said,
            percentile_disc(0.9) within group (order by output_tokens) as p90_said
        from followed
        where input_tokens <= usual_tokens
        group by bloat_no
    ),
    -- mean lengths of answers, multiplied out
    lengths as (
        select
            large.bloat_no,
            large.said * cast(usual.requests as decimal(10, 0)) as large_length,
            usual.said * cast(large.requests as decimal(10, 0)) as usual_length,
            large.lower_said * cast(large.upper_requests as decimal(10, 0)) as lower_length,
            large.upper_said * cast(large.lower_requests as decimal(10, 0)) as upper_length,
            greatest(large.p10_said, usual.p10_said) as p10_most,
            least(large.p10_said, usual.p10_said) as p10_least,
            greatest(large.p90_said, usual.p90_said) as p90_most,
            least(large.p90_said, usual.p90_said) as p90_least
        from large_sums as large
        inner join usual_sums as usual on large.bloat_no = usual.bloat_no
    )
select bloat_no
from lengths
where
    large_length <= cast($max_change as decimal(9, 4)) * usual_length
    and usual_length <= cast($max_change as decimal(9, 4)) * large_length
    and upper_length <= cast($max_change as decimal(9, 4)) * lower_length
    and p10_most <= cast($max_spread as decimal(9, 4)) * p10_least
    and p90_most <= cast($max_spread as decimal(9, 4)) * p90_least
