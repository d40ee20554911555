/*
place: 15
title: tier on the excess only
says: Only what is over the threshold is billed at the higher price, meter by meter, not the whole request.
inputs: [gaps, prices]
*/
select
    gaps.dedupe_key,
    gaps.full_micro_usd
    + micro_usd(least(gaps.text_input_tokens, base.tier_up_to), base.input - gaps.price.input)
    + micro_usd(least(gaps.text_read_tokens, base.tier_up_to), base.cache_read - gaps.price.cache_read)
    + micro_usd(least(gaps.short_write_tokens, base.tier_up_to), base.cache_write - gaps.price.cache_write)
    + micro_usd(
        least(gaps.long_write_tokens, base.tier_up_to), base.cache_write_1h - gaps.price.cache_write_1h
    )
    + micro_usd(least(gaps.text_output_tokens, base.tier_up_to), base.output - gaps.price.output)
    + micro_usd(
        least(gaps.reasoning_tokens, base.tier_up_to), base.reasoning - gaps.price.reasoning
    ) as expected_micro_usd,
    concat('over ', base.tier_up_to, ' tokens') as evidence
from gaps
join
    prices as base
    on gaps.rule_id = base.rule_id
    and gaps.price.context = base.context
    and gaps.price.valid_from = base.valid_from
    and gaps.price.days = base.days
    and gaps.price.minute_from = base.minute_from
    and gaps.price.tier_over = base.tier_up_to
