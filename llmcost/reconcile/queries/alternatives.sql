/*
title: Alternatives
answers: What would each gap have cost at every other price that the book has for its model?
inputs: [gaps, prices]
*/
select
    gaps.dedupe_key,
    prices.context,
    prices.valid_from,
    prices.tier_over,
    prices.tier_up_to,
    prices.context = gaps.price.context as is_context,
    prices.valid_from = gaps.price.valid_from as is_period,
    gaps.input_tokens > prices.tier_over and gaps.input_tokens <= prices.tier_up_to as is_tier,
    is_in_hours(gaps.started_at, prices.days, prices.minute_from, prices.minute_to) as is_hour,
    cast(
        micro_usd(gaps.text_input_tokens, prices.input)
        + micro_usd(gaps.text_read_tokens, prices.cache_read)
        + micro_usd(gaps.cache_read_audio_tokens, prices.cache_read_audio)
        + micro_usd(gaps.cache_read_image_tokens, prices.cache_read_image)
        + micro_usd(gaps.short_write_tokens, prices.cache_write)
        + micro_usd(gaps.long_write_tokens, prices.cache_write_1h)
        + micro_usd(gaps.audio_input_tokens, prices.input_audio)
        + micro_usd(gaps.image_input_tokens, prices.input_image)
        + micro_usd(gaps.text_output_tokens, prices.output)
        + micro_usd(gaps.reasoning_tokens, prices.reasoning)
        + micro_usd(gaps.output_audio_tokens, prices.output_audio)
        + micro_usd(gaps.output_image_tokens, prices.output_image)
        + as_micro_usd(usd(gaps.web_search_requests, prices.web_search) + usd(1, prices.request)) as decimal(
            30, 9
        )
    ) as expected_micro_usd
from gaps
join prices on gaps.rule_id = prices.rule_id
