/*
title: Waits
answers: How many answers of each slot took how long, and how many began when, in steps of 5 %?
inputs: [recent]
*/
with
    waits as (
        select slot, provider, model, 'whole' as what, duration_us as wait_us
        from recent
        where is_answer and duration_us is not null
        union all
        select slot, provider, model, 'first' as what, first_token_wait_us as wait_us
        from recent
        where is_answer and first_token_wait_us is not null
    )
select
    slot,
    provider,
    model,
    what,
    -- of milliseconds, the power of 1.05 that is not less
    cast(ceil(ln(greatest(wait_us, 1000) / 1000.0) / ln(1.05)) as integer) as bucket,
    count(*) as answers
from waits
group by slot, provider, model, what, bucket
order by slot, provider nulls last, model nulls last, what, bucket
