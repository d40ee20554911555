-- How often each size comes, and which cluster it is of: prompts of several kinds in one key lie apart.
with
    sizes as (
        select key, provider, model, model_group, system_prompt_hash, basis, size_tokens, count(*) as requests
        from bare_prompts
        group by key, provider, model, model_group, system_prompt_hash, basis, size_tokens
    ),
    neighbours as (
        select
            *,
            sum(requests) over (
                partition by key, provider, model, model_group, system_prompt_hash, basis
            ) as of_requests,
            lag(size_tokens) over (
                partition by key, provider, model, model_group, system_prompt_hash, basis
                order by size_tokens nulls last
            ) as smaller_tokens
        from sizes
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
                partition by key, provider, model, model_group, system_prompt_hash, basis
                order by size_tokens nulls last
                rows between unbounded preceding and current row
            ) as cluster_no
        from neighbours
    )
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
    ) as family_no,
    cast(
        dense_rank() over (
            order by
                key nulls last,
                provider nulls last,
                model nulls last,
                model_group nulls last,
                system_prompt_hash nulls last,
                basis nulls last,
                cluster_no nulls last
        ) as integer
    ) as bare_no
from clusters
