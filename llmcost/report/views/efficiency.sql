/*
title: Efficiency
answers: How much output comes of how much input, what was cut off, and do prompts grow?
by: [model]
measure: input_per_request_tokens
sums:
  - requests
  - input_tokens
  - output_tokens
  - reasoning_tokens
  - reasoning_requests
  - truncated_requests
  - finished_requests
  - limited_requests
  - oversized_requests
hide_when_narrow:
  - reasoning_tokens
  - limited_requests
  - oversized_requests
  - truncated_requests
  - limit_p50_tokens
  - output_p95_tokens
  - output_tokens
  - input_tokens
  - reasoning_share
  - output_per_request_tokens
  - oversized_share
  - requests
  - output_per_input
bases:
  reasoning_share: [reasoning_requests, reasoning_tokens, output_tokens]
  truncated_share: [finished_requests, truncated_requests, requests]
  oversized_share: [limited_requests, oversized_requests, requests]
params:
  oversized_times: 10
notes: |
  Only requests with known input and output tokens, no `error_kind`, no hit of the
  gateway's cache, no embeddings.

  - `requests`, `input_tokens`, `output_tokens`; `input_per_request_tokens`, `output_per_request_tokens`; `output_per_input`
  - `reasoning_tokens`, `reasoning_requests`, `reasoning_share`: reasoning over output tokens of the requests that report reasoning
  - `truncated_requests`, `finished_requests`, `truncated_share`: stopped at a limit of tokens, of the answers that tell why they ended
  - `limited_requests`: with max_tokens in the log; `limit_p50_tokens` the median of it; `output_p95_tokens` of all; `oversized_requests`:
    max_tokens at least ten times the output; `oversized_share` of the limited ones
  - `input_growth_per_day_tokens`: the least-squares slope of input tokens per request over days (UTC): how much longer prompts get
*/
-- Answers with known usage, no embeddings, which have no output; the days are numbered so that growth is a
-- slope of whole numbers.
with
    answers as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            cast(input_tokens as decimal(38, 0)) as input_tokens,
            output_tokens,
            reasoning_output_tokens,
            is_truncated,
            max_tokens_requested,
            cast(day_number as decimal(38, 0)) as day_number
        from scope
        where
            error_kind is null
            and input_tokens is not null
            and output_tokens is not null
            and cache_hit is distinct from true
            and operation <> 'embeddings'
    ),
    summed as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            count(*) as requests,
            sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens,
            sum(reasoning_output_tokens) as reasoning_tokens,
            count(reasoning_output_tokens) as reasoning_requests,
            sum(
                case when reasoning_output_tokens is not null then output_tokens end
            ) as reasoned_output_tokens,
            count(is_truncated) as finished_requests,
            count(case when is_truncated then 1 end) as truncated_requests,
            count(max_tokens_requested) as limited_requests,
            count(
                case when max_tokens_requested >= $oversized_times * output_tokens then 1 end
            ) as oversized_requests,
            percentile_disc(0.5) within group (order by max_tokens_requested) as limit_p50_tokens,
            percentile_disc(0.95) within group (order by output_tokens) as output_p95_tokens,
            cast(count(*) as decimal(38, 0)) as n,
            sum(day_number) as sum_x,
            sum(day_number * day_number) as sum_xx,
            sum(day_number * input_tokens) as sum_xy
        from answers
        group by grouping sets ((group_1, group_2, group_3, group_4), ())
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    requests,
    cast(input_tokens as bigint) as input_tokens,
    cast(output_tokens as bigint) as output_tokens,
    cast(input_tokens as double) / cast(nullif(requests, 0) as double) as input_per_request_tokens,
    cast(output_tokens as double) / cast(nullif(requests, 0) as double) as output_per_request_tokens,
    cast(output_tokens as double) / cast(nullif(input_tokens, 0) as double) as output_per_input,
    cast(reasoning_tokens as bigint) as reasoning_tokens,
    reasoning_requests,
    cast(reasoning_tokens as double) / cast(nullif(reasoned_output_tokens, 0) as double) as reasoning_share,
    truncated_requests,
    finished_requests,
    cast(truncated_requests as double) / cast(nullif(finished_requests, 0) as double) as truncated_share,
    limited_requests,
    limit_p50_tokens,
    output_p95_tokens,
    oversized_requests,
    cast(oversized_requests as double) / cast(nullif(limited_requests, 0) as double) as oversized_share,
    -- least squares, in tokens a day
    cast(n * sum_xy - sum_x * input_tokens as double)
    / cast(nullif(n * sum_xx - sum_x * sum_x, 0) as double) as input_growth_per_day_tokens
from summed
order by
    input_tokens desc,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
