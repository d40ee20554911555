/*
title: Billed and computed cost in total
answers: Which part of a provider's bill do these requests explain?
inputs: [compared_bill]
*/
select
    cast(sum(requests) as bigint) as requests,
    sum(invoice_usd) as invoice_usd,
    sum(computed_usd) as computed_usd,
    sum(difference_usd) as difference_usd,
    -- day by day and model by model, so that one day's surplus does not hide another's hole
    sum(
        case
            when invoice_usd > 0
            then least(cast(invoice_usd as double), cast(coalesce(computed_usd, 0) as double))
        end
    )
    / nullif(sum(case when invoice_usd > 0 then cast(invoice_usd as double) end), 0) as explained_share,
    cast(sum(unpriced) as bigint) as unpriced,
    cast(sum(usage_missing) as bigint) as usage_missing,
    sum(unpriced_reported_usd) as unpriced_reported_usd
from compared_bill
