-- How often each size comes, and which kind it is of: prompts of several kinds in one key lie apart. What is
-- of no kind of its own may be a long one of the next smaller kind.
with
    counted as (
        select key, provider, model, model_group, system_prompt_hash, basis, size_tokens, count(*) as requests
        from bare_prompts
        group by key, provider, model, model_group, system_prompt_hash, basis, size_tokens
    ),
    families as (
        select
            *,
            cast(
                dense_rank() over (
                    order by
                        key nulls last,
                        provider nulls last,
                        model nulls last,
                        model_group nulls last,
                        system_prompt_hash nulls last,
                        basis nulls last
                ) as integer
            ) as family_no
        from counted
    ),
    neighbours as (
        select
            *,
            cast(sum(requests) over (partition by family_no) as bigint) as of_requests,
            lag(size_tokens) over (partition by family_no order by size_tokens nulls last) as smaller_tokens
        from families
    ),
    clusters as (
        select
            *,
            sum(
                case
                    when
                        basis = 'prompts'
                        and cast(size_tokens - smaller_tokens as decimal(14, 0))
                        > $max_gap * cast(smaller_tokens as decimal(14, 0))
                    then 1
                    else 0
                end
            ) over (
                partition by family_no
                order by size_tokens nulls last
                rows between unbounded preceding and current row
            ) as cluster_no
        from neighbours
    ),
    cores as (
        select *, sum(requests) over (partition by family_no, cluster_no) >= $min_requests as is_core
        from clusters
    ),
    kinds as (
        select
            *,
            max(case when is_core then cluster_no end) over (
                partition by family_no
                order by size_tokens nulls last
                rows between unbounded preceding and current row
            ) as kind_no
        from cores
    )
select *, cast(dense_rank() over (order by family_no nulls last, kind_no nulls last) as integer) as bare_no
from kinds
where kind_no is not null
