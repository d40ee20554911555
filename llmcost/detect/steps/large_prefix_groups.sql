-- The groups that are worth a change of code, numbered.
select
    *,
    cast(
        row_number() over (
            order by
                key nulls last,
                provider nulls last,
                model nulls last,
                system_prompt_hash nulls last,
                prefix_1 nulls last
        ) as integer
    ) as group_no
from prefix_groups
where requests >= $min_requests
