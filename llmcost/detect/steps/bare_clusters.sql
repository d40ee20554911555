-- The kinds of requests without text that are worth a change of code: how many there are, how they spread.
with
    clusters as (
        select
            bare_no,
            min(key) as key,
            min(provider) as provider,
            min(model) as model,
            min(basis) as basis,
            min(family_no) as family_no,
            min(of_requests) as of_requests,
            count(*) as requests,
            sum(case when is_core then 1 else 0 end) as core_requests,
            sum(case when size_tokens > 0 then 1 else 0 end) as sized,
            sum(case when pause_us between 0 and 300000000 then 1 else 0 end) as close_requests,
            percentile_disc(0.05) within group (
                order by case when is_core then size_tokens end
            ) as short_tokens,
            percentile_disc(0.5) within group (
                order by case when is_core then size_tokens end
            ) as middle_tokens,
            percentile_disc(0.95) within group (
                order by case when is_core then size_tokens end
            ) as long_tokens,
            max(size_tokens) as most_tokens,
            max(case when is_reported then 1 else 0 end) as is_reported,
            max(case when written_tokens > 0 then 1 else 0 end) as is_written,
            max(case when read_tokens > 0 then 1 else 0 end) as is_read,
            min(started_us) as first_us,
            max(started_us) as last_us
        from bare_members
        group by bare_no
    ),
    steps as (
        select
            *,
            short_tokens
            - lag(short_tokens) over (partition by family_no order by bare_no nulls last) as step_tokens
        from clusters
    )
select
    *,
    -- one, two, three pictures or pieces of a text are as far apart as each other
    count(step_tokens) over (partition by family_no) > 1
    and 10 * (max(step_tokens) over (partition by family_no) - min(step_tokens) over (partition by family_no))
    <= min(step_tokens) over (partition by family_no) as is_in_pieces
from steps
