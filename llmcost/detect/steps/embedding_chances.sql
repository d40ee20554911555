-- Whether the counts of runs repeat, or are alike by chance: docs/detectors/embeddings.md has the sums.
-- Ratios are in ten-thousandths and excesses in twenty-thousandths of a request, whole, so that every
-- order of adding them up comes to the same.
with
    ratios as (
        select
            *,
            10000 * run_requests_before as of_before,
            10000 * run_requests as of_this,
            -- of a count that many have it matters less how many
            greatest(requests + requests_before, cast($common_requests as decimal(19, 0))) as weight
        from embedding_sizes
        where run_no > 1
    ),
    excesses as (
        select
            space,
            cut,
            input_tokens,
            requests,
            requests_before,
            weight,
            requests + requests_before as both_runs,
            cast($common_requests as decimal(19, 0)) * (
                20000 * requests * requests_before
                - cast((of_before - of_before % run_requests) / run_requests as decimal(19, 0))
                * requests
                * (requests - 1)
                - cast((of_this - of_this % run_requests_before) / run_requests_before as decimal(19, 0))
                * requests_before
                * (requests_before - 1)
            ) as excess
        from ratios
    ),
    weighed as (
        select
            space,
            cut,
            input_tokens,
            requests,
            least(requests, requests_before) as same_requests,
            cast((excess - excess % weight) / weight as decimal(38, 0)) as excess,
            50
            * cast($common_requests as decimal(19, 0))
            * cast($common_requests as decimal(19, 0))
            * both_runs
            * (both_runs - 1) as spread,
            weight * weight as spread_weight,
            20000 * cast($common_requests as decimal(19, 0)) * requests as size,
            20000 * cast($common_requests as decimal(19, 0)) * least(requests, requests_before) as same_size,
            weight
        from excesses
    ),
    sums as (
        select
            space,
            cut,
            cast(sum(requests) as bigint) as requests,
            cast(sum(same_requests) as bigint) as same_requests,
            count(distinct case when same_requests > 0 then input_tokens end) as same_sizes,
            cast(sum(excess) as decimal(38, 0)) as excess,
            cast(
                sum(cast((spread - spread % spread_weight) / spread_weight as decimal(38, 0))) as decimal(
                    38, 0
                )
            ) as spread,
            cast(sum(cast((size - size % weight) / weight as decimal(38, 0))) as decimal(19, 0)) as size,
            cast(
                sum(cast((same_size - same_size % weight) / weight as decimal(38, 0))) as decimal(19, 0)
            ) as same_size
        from weighed
        group by space, cut
    ),
    repeating as (
        select *, 10000 * least(excess, same_size) as part
        from sums
        where
            same_sizes >= $min_sizes
            and excess > 0
            and same_size > 0
            and excess >= cast($min_repeat_share as decimal(5, 4)) * size
            and excess * excess
            >= 4000000 * cast($min_deviations as decimal(19, 0)) * $min_deviations * spread
    ),
    shares as (
        select
            space,
            cut,
            requests,
            same_requests,
            cast(
                cast((part - part % same_size) / same_size as decimal(19, 0))
                * cast(0.0001 as decimal(5, 4)) as decimal(5, 4)
            ) as share
        from repeating
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by space order by share * same_requests desc nulls last, cut nulls last
            ) as best
        from shares
    )
select space, cut, requests, same_requests, share
from ranked
where best = 1
