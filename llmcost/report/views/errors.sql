/*
title: Errors
answers: How often do requests fail, why, how sure is that rate, and what did the failures cost?
by: [provider]
measure: errors
labels: [error_kind]
sums: [errors, cost_usd]
hide_when_narrow: [last_error_at, cost_usd, requests]
notes: |
  `error_kind` is `rate_limit`, `context_length`, `content_filter`, `timeout`, `auth`, `cancelled`, `model_error`,
  `invalid_request`, `refused_by_gateway` or `other`. It comes from status, HTTP code and the error's name; an answer
  that a filter cut off failed too, whatever its status. What a gateway refused by itself (its limits, budgets and keys)
  reached no provider: it is left out of the rates of all other kinds.

  - `errors`; `requests`: all of the group, failed or not; without those that the gateway refused, but in their own row and in the total
  - `error_share`, `error_low_share`, `error_high_share`: the rate and Wilson's 95 % interval (one failure of one request is 21 % to 100 %)
  - `cost_usd`: what the failures cost; `last_error_at`

  A row is a kind of failure: a group, an hour or a day without one has none, and `--over` fills it in as 0 `errors`, its rate unknown.
*/
with
    counted as (
        select
            grouping(group_1) as is_total,
            group_1,
            group_2,
            group_3,
            group_4,
            error_kind,
            count(*) as of_kind,
            count(error_kind) as errors,
            sum(case when error_kind is not null then cost_usd end) as cost_usd,
            max(case when error_kind is not null then started_at end) as last_error_at
        from scope
        group by grouping sets ((group_1, group_2, group_3, group_4, error_kind), ())
    ),
    -- Wilson's interval at 95 %
    measured as (
        select
            counted.*,
            case
                when error_kind = 'refused_by_gateway' or is_total = 1
                then sum(of_kind) over of_group
                else
                    sum(
                        case when error_kind is distinct from 'refused_by_gateway' then of_kind end
                    ) over of_group
            end as requests,
            cast(requests as double) as n,
            cast(errors as double) / nullif(n, 0) as share,
            cast(3.841458820694124 as double) as z2
        from counted
        window
            of_group as (
                partition by is_total, group_1, group_2, group_3, group_4
                rows between unbounded preceding and unbounded following
            )
    )
select
    is_total,
    group_1,
    group_2,
    group_3,
    group_4,
    error_kind,
    errors,
    cast(requests as bigint) as requests,
    share as error_share,
    (share + z2 / (2 * n) - sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))))
    / (1 + z2 / n) as error_low_share,
    (share + z2 / (2 * n) + sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))))
    / (1 + z2 / n) as error_high_share,
    cost_usd,
    last_error_at
from measured
where error_kind is not null or is_total = 1
order by
    errors desc, group_1 nulls last, group_2 nulls last, group_3 nulls last, group_4 nulls last, error_kind
