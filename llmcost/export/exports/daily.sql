/*
title: Daily
answers: What did each user of each key use and spend on each model and day, in sums that can be added up?
*/
with dated as (select *, cast(started_at as date) as utc_day from scope)
select
    provider,
    model,
    key,
    team,
    project,
    "user",
    operation,
    count(*) as requests,
    cast(sum(case when status = 'error' then 1 else 0 end) as bigint) as errors,
    -- the others have no cost, their tokens are in the sums all the same
    count(cost_usd) as costed_requests,
    cast(sum(input_tokens) as bigint) as input_tokens,
    cast(sum(cache_read_input_tokens) as bigint) as cache_read_input_tokens,
    cast(sum(cache_write_input_tokens) as bigint) as cache_write_input_tokens,
    cast(sum(cache_write_5m_input_tokens) as bigint) as cache_write_5m_input_tokens,
    cast(sum(cache_write_1h_input_tokens) as bigint) as cache_write_1h_input_tokens,
    cast(sum(input_audio_tokens) as bigint) as input_audio_tokens,
    cast(sum(cache_read_audio_tokens) as bigint) as cache_read_audio_tokens,
    cast(sum(input_image_tokens) as bigint) as input_image_tokens,
    cast(sum(cache_read_image_tokens) as bigint) as cache_read_image_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(reasoning_output_tokens) as bigint) as reasoning_output_tokens,
    cast(sum(output_audio_tokens) as bigint) as output_audio_tokens,
    cast(sum(output_image_tokens) as bigint) as output_image_tokens,
    cast(sum(web_search_requests) as bigint) as web_search_requests,
    cast(sum(file_search_requests) as bigint) as file_search_requests,
    cast(sum(x_search_requests) as bigint) as x_search_requests,
    cast(sum(code_interpreter_requests) as bigint) as code_interpreter_requests,
    sum(list_cost_usd) as list_cost_usd,
    sum(cost_usd) as cost_usd,
    utc_day as day
from dated
group by utc_day, provider, model, key, team, project, "user", operation
order by
    utc_day,
    provider nulls last,
    model nulls last,
    key nulls last,
    team nulls last,
    project nulls last,
    "user" nulls last,
    operation nulls last
