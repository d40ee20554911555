/*
title: Cost
answers: Where does the money go?
by: [model]
measure: cost_usd
sums: [requests, input_tokens, cached_tokens, output_tokens, cost_usd]
hide_when_narrow:
  - cost_per_1k_tokens_usd
  - cost_per_success_usd
  - cached_tokens
  - cost_per_request_usd
  - cost_share
  - output_tokens
  - input_tokens
  - requests
notes: |
  - `requests`, `input_tokens` (cache included), `cached_tokens` (read from a provider's cache), `output_tokens` (reasoning included)
  - `cost_usd`: the sum of the costs that are known, exact; `cost_share`: of the known cost of all requests asked for
  - `cost_per_request_usd`: over the requests with a cost
  - `cost_per_success_usd`: the same cost over the requests with a cost that went well (no `error_kind`): failed attempts are paid for too
  - `cost_per_1k_tokens_usd`: over a thousand input and output tokens of the requests with a cost

  With `--over` a line on stderr forecasts the running month, as below. `--over week|month` gives `is_partial`: the logs, `--since`,
  `--until` or the clock leave out days of it. Requests without a time of their own (only their file's date) have no hour, block, day,
  week or month: they are a row apart, and `--where is_file_time=false` leaves them out. Blocks have columns of their own: [below](#blocks).
*/
with
    spent as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            count(*) as requests,
            sum(input_tokens) as input_tokens,
            sum(cache_read_input_tokens) as cached_tokens,
            sum(output_tokens) as output_tokens,
            sum(cost_usd) as cost_usd,
            count(cost_usd) as costed_requests,
            -- failed attempts are paid for too: what a request that went well comes to, with them
            count(case when cost_usd is not null and error_kind is null then 1 end) as costed_successes,
            sum(
                case when cost_usd is not null then coalesce(input_tokens, 0) + coalesce(output_tokens, 0) end
            ) as costed_tokens
        from scope
        group by grouping sets ((group_1, group_2, group_3, group_4), ())
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    requests,
    input_tokens,
    cached_tokens,
    output_tokens,
    cost_usd,
    cast(cost_usd as double)
    / nullif(cast(sum(cost_usd) over (partition by is_total) as double), 0) as cost_share,
    cast(cost_usd as double) / cast(nullif(costed_requests, 0) as double) as cost_per_request_usd,
    cast(cost_usd as double) / cast(nullif(costed_successes, 0) as double) as cost_per_success_usd,
    cast(1000 as double)
    * cast(cost_usd as double)
    / cast(nullif(costed_tokens, 0) as double) as cost_per_1k_tokens_usd
from spent
order by
    cost_usd desc nulls last,
    requests desc,
    group_1 nulls last,
    group_2 nulls last,
    group_3 nulls last,
    group_4 nulls last
