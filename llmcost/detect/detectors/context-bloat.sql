/*
title: Context bloat
why: Some prompts were many times as large as what usually does, and their answers were as short as the others.
advice: Send the passages that matter instead of whole documents, histories and logs, and cap the input.
rank: 6
inputs: [single_requests, paid_rates]
params:
  min_requests: 100  # fewer do not show what is usual
  min_large_tokens: 8000  # of input, in the largest 5 of 100 prompts; less is no document
  max_answer_tokens: 1000  # of output, in 95 of 100 answers
  min_skew: 3.0  # prompts are so many times as uneven above the usual size as below it
  max_change: 1.25  # answers to large prompts are at most so many times as long, or as short
  max_spread: 1.5  # so many times may their 10th and 90th percentile differ; more is another application
  cap_factor: 2  # of the usual size: what is beyond is saved
tiers:  # of evidence: what a request must have for each
  counts: {fields: [input_tokens]}
needs:
  - fields: [output_tokens]
    of: price_status = 'priced'
    says: no requests with counts of tokens that could be priced
steps:
  - bloat_answers  # of groups with short answers and some large prompts
  - bloat_sizes  # which size is usual, where large ones stand out
  - bloat_parts  # the large ones, if they are no conversations and their answers are like the others
*/
with
    large as (
        select
            answers.*,
            sizes.p5_tokens,
            sizes.p50_tokens,
            sizes.p75_tokens,
            sizes.p90_tokens,
            sizes.p95_tokens,
            sizes.answer_p95_tokens,
            sizes.usual_tokens,
            sizes.cap_tokens,
            sizes.has_grown,
            paid_rates.input_usd_per_token as input_usd,
            paid_rates.cache_read_usd_per_token as read_usd,
            paid_rates.cache_write_usd_per_token as write_usd,
            paid_rates.cache_write_1h_usd_per_token as long_write_usd
        from bloat_answers as answers
        inner join bloat_parts as parts on answers.bloat_no = parts.bloat_no
        inner join bloat_sizes as sizes on answers.bloat_no = sizes.bloat_no
        inner join paid_rates on answers.price_no = paid_rates.price_no
        where answers.input_tokens > sizes.cap_tokens
    ),
    capped as (
        select
            *,
            -- the beginning that others share is in the cache, so it stays
            taken_usd(
                input_tokens - cap_tokens,
                text_input_tokens,
                input_usd,
                short_write_tokens,
                write_usd,
                long_write_tokens,
                long_write_usd,
                text_read_tokens,
                read_usd
            ) as saving_usd,
            -- at most it is the dearest that goes, down to what the smallest prompts have
            taken_usd(
                input_tokens - p5_tokens,
                long_write_tokens,
                long_write_usd,
                short_write_tokens,
                write_usd,
                text_input_tokens,
                input_usd,
                text_read_tokens,
                read_usd
            ) as most_usd,
            taken_usd(
                greatest(input_tokens - p50_tokens, 0),
                text_input_tokens,
                input_usd,
                short_write_tokens,
                write_usd,
                long_write_tokens,
                long_write_usd,
                text_read_tokens,
                read_usd
            ) as cap_p50_usd,
            taken_usd(
                greatest(input_tokens - p75_tokens, 0),
                text_input_tokens,
                input_usd,
                short_write_tokens,
                write_usd,
                long_write_tokens,
                long_write_usd,
                text_read_tokens,
                read_usd
            ) as cap_p75_usd,
            taken_usd(
                greatest(input_tokens - p90_tokens, 0),
                text_input_tokens,
                input_usd,
                short_write_tokens,
                write_usd,
                long_write_tokens,
                long_write_usd,
                text_read_tokens,
                read_usd
            ) as cap_p90_usd
        from large
    )
select
    dedupe_key,
    case
        when has_grown then 'prompts have grown, answers have not' else 'prompts far above the usual size'
    end as finding,
    saving_usd,
    cast(0 as decimal(38, 21)) as saving_low_usd,
    greatest(saving_usd, most_usd) as saving_high_usd,
    'possible' as certainty,
    'counts' as evidence_tier,
    cast(input_tokens as varchar)
    || ' input tokens, '
    || cast(usual_tokens as varchar)
    || ' are usual; p95 '
    || cast(answer_p95_tokens as varchar)
    || ' output tokens' as evidence,
    input_tokens,
    usual_tokens,
    cap_tokens,
    p50_tokens,
    p75_tokens,
    p90_tokens,
    p95_tokens,
    answer_p95_tokens,
    cap_p50_usd,
    cap_p75_usd,
    cap_p90_usd
from capped
where greatest(saving_usd, most_usd) > 0
