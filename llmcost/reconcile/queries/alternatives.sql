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
    case
        when
            (prices.is_whole or not lacks_rate(gaps.quantities, prices.named_rates))
            and (prices.web_search is not null or gaps.web_search_requests = 0)
            and (prices.file_search is not null or coalesce(gaps.quantities.file_search, 0) = 0)
            and (prices.x_search is not null or coalesce(gaps.quantities.x_search, 0) = 0)
            and (prices.code_interpreter is not null or coalesce(gaps.quantities.code_interpreter, 0) = 0)
            and (
                rate_of_unit(gaps.quantities.unit, prices.named_rates) is not null
                or coalesce(gaps.quantities.units, 0) = 0
            )
        then as_micro_usd(usd_of_list_units(units_of(gaps.quantities, true, prices.list_rates)))
    end as expected_micro_usd
from gaps
join prices on gaps.rule_id = prices.rule_id
