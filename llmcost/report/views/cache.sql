/*
title: Cache
answers: How much of the input came from a provider's cache or the gateway's own, and what did that save?
inputs: [scope, paid_rates]
by: [provider, model]
measure: cached_share
sums:
  - requests
  - reporting_requests
  - input_tokens
  - cached_tokens
  - written_tokens
  - cache_saved_usd
  - gateway_hits
  - gateway_reporting_requests
  - gateway_saved_usd
bases:
  cached_share: [reporting_requests]
  gateway_hit_share: [gateway_reporting_requests, gateway_hits, requests]
hide_when_narrow:
  - reporting_requests
  - reads_per_write
  - written_tokens
  - gateway_saved_usd
  - gateway_hit_share
  - gateway_hits
  - cached_tokens
  - input_tokens
  - requests
notes: |
  A provider's prompt cache and a gateway's response cache are apart.

  - `requests`; `reporting_requests`: those whose log tells of the cache at all, of reads or of writes. Hits of the gateway's cache are not
    among them: no provider's cache saw these
  - `input_tokens`, `cached_tokens`: of the reporting ones; `cached_share`: tokens over tokens, unknown (not 0 %) where none reports
  - `written_tokens`; `reads_per_write`: cached tokens per written token: below about 0.3 (at a write premium of 25 %) writing costs more
    than it saves
  - `cache_saved_usd`: of requests with a price and a report, what reads were cheaper than input, less what writes cost more, at the
    rates and the contract of each request; exact; may be negative
  - `gateway_hits`: answered from the gateway's cache, unknown where no log tells; `gateway_hit_share`: of the
    `gateway_reporting_requests`, those that tell
  - `gateway_saved_usd`: what these would have cost by the token, where input and output tokens are logged

  What is still to be saved is `llmcost detect prompt-tax`; the HTML page shows both.
*/
-- Requests of one price are summed as tokens first and multiplied once. Input is that of requests whose log
-- tells of the cache at all, reads or writes, so that "not reported" is not 0 %.
with
    summed as (
        select
            group_1,
            group_2,
            group_3,
            group_4,
            price_no,
            price_status,
            case when cache_hit then 1 else 0 end as is_hit,
            count(*) as requests,
            count(coalesce(cache_read_input_tokens, cache_write_input_tokens)) as reporting_requests,
            sum(
                case
                    when coalesce(cache_read_input_tokens, cache_write_input_tokens) is not null
                    then input_tokens
                end
            ) as input_tokens,
            sum(cache_read_input_tokens) as cached_tokens,
            sum(cache_write_input_tokens) as written_tokens,
            sum(text_read_tokens) as text_read_tokens,
            sum(cache_read_audio_tokens) as audio_read_tokens,
            sum(cache_read_image_tokens) as image_read_tokens,
            sum(short_write_tokens) as short_write_tokens,
            sum(cache_write_1h_input_tokens) as long_write_tokens,
            count(cache_hit) as gateway_reporting_requests,
            count(case when cache_hit then 1 end) as gateway_hits,
            -- a price of half the tokens, or of parts that are more than the whole, is none
            sum(
                case
                    when
                        output_tokens is not null
                        and input_tokens
                        >= coalesce(cache_read_input_tokens, 0) + coalesce(cache_write_input_tokens, 0)
                    then gateway_saved_usd
                end
            ) as gateway_saved_usd
        from scope
        group by
            group_1, group_2, group_3, group_4, price_no, price_status, case when cache_hit then 1 else 0 end
    ),
    paid as (
        select
            summed.*,
            -- what reads spared, less what writes cost more than input
            case
                when price_status = 'priced' and reporting_requests > 0
                then
                    cast(
                        cast(coalesce(text_read_tokens, 0) as decimal(17, 0))
                        * coalesce(input_usd_per_token - cache_read_usd_per_token, 0) as decimal(38, 21)
                    ) + cast(
                        cast(coalesce(audio_read_tokens, 0) as decimal(17, 0))
                        * coalesce(input_audio_usd_per_token - cache_read_audio_usd_per_token, 0) as decimal(
                            38, 21
                        )
                    )
                    + cast(
                        cast(coalesce(image_read_tokens, 0) as decimal(17, 0))
                        * coalesce(input_image_usd_per_token - cache_read_image_usd_per_token, 0) as decimal(
                            38, 21
                        )
                    )
                    - cast(
                        cast(coalesce(short_write_tokens, 0) as decimal(17, 0))
                        * coalesce(cache_write_usd_per_token - input_usd_per_token, 0) as decimal(38, 21)
                    )
                    - cast(
                        cast(coalesce(long_write_tokens, 0) as decimal(17, 0))
                        * coalesce(cache_write_1h_usd_per_token - input_usd_per_token, 0) as decimal(38, 21)
                    )
            end as cache_saved_usd
        from summed
        left join paid_rates on summed.price_no = paid_rates.price_no
    ),
    cached as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            sum(requests) as requests,
            sum(case when is_hit = 0 then reporting_requests else 0 end) as reporting_requests,
            sum(case when is_hit = 0 then input_tokens end) as input_tokens,
            sum(case when is_hit = 0 then cached_tokens end) as cached_tokens,
            sum(case when is_hit = 0 then written_tokens end) as written_tokens,
            sum(cache_saved_usd) as cache_saved_usd,
            sum(gateway_reporting_requests) as gateway_reporting_requests,
            sum(gateway_hits) as gateway_hits,
            sum(gateway_saved_usd) as gateway_saved_usd
        from paid
        group by grouping sets ((group_1, group_2, group_3, group_4), ())
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    cast(coalesce(requests, 0) as bigint) as requests,
    cast(coalesce(reporting_requests, 0) as bigint) as reporting_requests,
    cast(input_tokens as bigint) as input_tokens,
    cast(cached_tokens as bigint) as cached_tokens,
    cast(cached_tokens as double) / cast(nullif(input_tokens, 0) as double) as cached_share,
    cast(written_tokens as bigint) as written_tokens,
    -- how many times what was written was read again
    cast(cached_tokens as double) / cast(nullif(written_tokens, 0) as double) as reads_per_write,
    cache_saved_usd,
    cast(case when gateway_reporting_requests > 0 then gateway_hits end as bigint) as gateway_hits,
    cast(coalesce(gateway_reporting_requests, 0) as bigint) as gateway_reporting_requests,
    cast(gateway_hits as double) / cast(nullif(gateway_reporting_requests, 0) as double) as gateway_hit_share,
    gateway_saved_usd
from cached
order by
    input_tokens desc nulls last,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
