/*
title: Usage
answers: Which token counts are missing, estimated or in doubt?
*/
with
    doubts as (
        select
            unnest(
                [
                    struct_pack(
                        subject := 'usage missing',
                        requests := count_if(status = 'ok' and usage_source = 'missing'),
                        note
                        := 'answered and billed, but not known how much: ask for usage in streams (stream_options)'
                    ),
                    struct_pack(
                        subject := 'estimated by the gateway',
                        requests := count_if(usage_source = 'gateway_estimate'),
                        note := 'kept as tokens, never priced'
                    ),
                    struct_pack(
                        subject := 'ambiguous counts',
                        requests := count_if(usage_evidence = 'ambiguous'),
                        note := 'fit no reading of their total; taken as their format usually counts'
                    ),
                    struct_pack(
                        subject := 'bad usage',
                        requests := count_if(price_status = 'bad usage'),
                        note := 'parts are larger than their whole; not priced'
                    ),
                    struct_pack(
                        subject := 'impossible count',
                        requests := count_if(price_status = 'impossible count'),
                        note := 'below 0 or above 1,000,000,000 tokens, which no model can hold; not priced'
                    )
                ],
                recursive := true
            ),
            count(*) as everything
        from scope
    )
select subject, requests, cast(requests as double) / nullif(everything, 0) as covered_share, note
from doubts
where requests > 0
