/*
title: Written
answers: What is in each slot of five minutes, in a few numbers that are others when anything in it is?
inputs: [requests]
params:
  since_us: 0  # started at or after, microseconds since 1970
*/
select
    cast(floor(cast(epoch_us(greatest(ended_at, started_at)) as double) / 300000000) as bigint) as slot,
    count(*) as requests,
    -- of all that a rule can look at: who asks is `dedupe_key`, and what was said no rule sees
    sum(
        hash(
            *columns(
                * exclude (
                    request_id,
                    response_id,
                    span_id,
                    parent_span_id,
                    name_id,
                    prompt_hash,
                    output_hash,
                    prefix_hashes,
                    prefix_chars,
                    embedding_item_hashes,
                    embedding_item_chars
                )
            )
        )
    ) as content,
    max(epoch_us(greatest(ended_at, started_at))) as newest_us
from requests
where started_at >= make_timestamp($since_us) and epoch_us(started_at) >= (slot - 288) * 300000000
group by slot
order by slot
