/*
title: Latency
answers: How long do answers take, and how long until their first token, streamed and not?
by: [provider, model]
measure: latency_p95_ms
labels: [stream]
sums:
  - requests
  - timed_requests
  - under_250ms
  - under_500ms
  - under_1s
  - under_2s
  - under_4s
  - under_8s
  - under_16s
  - under_32s
  - over_32s
totals:
  - requests
  - timed_requests
histogram: [under_250ms, under_500ms, under_1s, under_2s, under_4s, under_8s, under_16s, under_32s, over_32s]
hide_when_narrow:
  - first_token_p99_ms
  - timed_requests
  - first_token_p95_ms
  - tokens_per_second_p50
  - requests
  - latency_p99_ms
  - distribution
  - latency_p50_ms
  - first_token_p50_ms
notes: |
  Only what a provider answered while somebody waited, `stream` true, false, or not reported: no `error_kind`, no batch, no hit of the gateway's cache.

  - `requests`; `timed_requests`: those whose end is known and not before their start
  - `latency_p50_ms`, `latency_p95_ms`, `latency_p99_ms`: from start to end
  - `first_token_p50_ms`, `first_token_p95_ms`, `first_token_p99_ms`: from start to first token, where one is logged that is not before the start. Not where `stream` is
    false, and where it is not reported only if the first token came before the end: some emitters write the end twice
  - `tokens_per_second_p50`: output tokens of a stream over the time from first token to end, where both are known and apart; of all
    others, also where `stream` is not reported, over the whole time
  - `under_250ms` ... `over_32s`: how many took so long (each from the one before); drawn as a distribution
*/
-- What the provider answered while somebody waited: no batches, no answers of the gateway's
-- cache, no failures.
with
    answers as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            stream,
            duration_us,
            first_token_wait_us,
            -- what is streamed is measured from its first token on
            case
                when stream and duration_us > first_token_wait_us
                then
                    cast(output_tokens as double)
                    * cast(1000000 as double)
                    / cast(duration_us - first_token_wait_us as double)
                when stream is distinct from true and duration_us > 0
                then cast(output_tokens as double) * cast(1000000 as double) / cast(duration_us as double)
            end as tokens_per_second
        from scope
        where error_kind is null and not is_batch and cache_hit is distinct from true
    ),
    timed as (
        select
            0 as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            stream,
            count(*) as requests,
            count(duration_us) as timed_requests,
            percentile_disc(0.5) within group (order by duration_us) as latency_p50_us,
            percentile_disc(0.95) within group (order by duration_us) as latency_p95_us,
            percentile_disc(0.99) within group (order by duration_us) as latency_p99_us,
            percentile_disc(0.5) within group (order by first_token_wait_us) as first_token_p50_us,
            percentile_disc(0.95) within group (order by first_token_wait_us) as first_token_p95_us,
            percentile_disc(0.99) within group (order by first_token_wait_us) as first_token_p99_us,
            percentile_disc(0.5) within group (order by tokens_per_second) as tokens_per_second_p50,
            count(case when duration_us < 250000 then 1 end) as under_250ms,
            count(case when duration_us >= 250000 and duration_us < 500000 then 1 end) as under_500ms,
            count(case when duration_us >= 500000 and duration_us < 1000000 then 1 end) as under_1s,
            count(case when duration_us >= 1000000 and duration_us < 2000000 then 1 end) as under_2s,
            count(case when duration_us >= 2000000 and duration_us < 4000000 then 1 end) as under_4s,
            count(case when duration_us >= 4000000 and duration_us < 8000000 then 1 end) as under_8s,
            count(case when duration_us >= 8000000 and duration_us < 16000000 then 1 end) as under_16s,
            count(case when duration_us >= 16000000 and duration_us < 32000000 then 1 end) as under_32s,
            count(case when duration_us >= 32000000 then 1 end) as over_32s
        from answers
        group by group_1, group_2, group_3, group_4, stream
    ),
    -- what is streamed and what is not have no percentiles together, so only counts are added up
    together as (
        select *
        from timed
        union all
        select
            1,
            null,
            null,
            null,
            null,
            null,
            cast(coalesce(sum(requests), 0) as bigint),
            cast(coalesce(sum(timed_requests), 0) as bigint),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null
        from timed
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    stream,
    requests,
    timed_requests,
    cast(latency_p50_us as double) / cast(1000 as double) as latency_p50_ms,
    cast(latency_p95_us as double) / cast(1000 as double) as latency_p95_ms,
    cast(latency_p99_us as double) / cast(1000 as double) as latency_p99_ms,
    cast(first_token_p50_us as double) / cast(1000 as double) as first_token_p50_ms,
    cast(first_token_p95_us as double) / cast(1000 as double) as first_token_p95_ms,
    cast(first_token_p99_us as double) / cast(1000 as double) as first_token_p99_ms,
    tokens_per_second_p50,
    under_250ms,
    under_500ms,
    under_1s,
    under_2s,
    under_4s,
    under_8s,
    under_16s,
    under_32s,
    over_32s
from together
order by
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last,
    stream nulls last
