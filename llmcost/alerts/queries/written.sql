/*
title: Written
answers: What is in each slot of five minutes, in a few numbers that are others when anything in it is?
inputs: [requests]
params:
  since_us: 0  # started at or after, microseconds since 1970
*/
select
    cast(floor(cast(epoch_us(coalesce(ended_at, started_at)) as double) / 300000000) as bigint) as slot,
    count(*) as requests,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    sum(cache_read_input_tokens) as cache_read_input_tokens,
    sum(file_id) as files,
    count(error_type) as errors,
    max(epoch_us(coalesce(ended_at, started_at))) as newest_us
from requests
where started_at >= make_timestamp($since_us)
group by slot
order by slot
