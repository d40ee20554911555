-- Who sent: numbers sort faster than names.
select
    key,
    "user",
    end_user,
    row_number() over (order by key nulls last, "user" nulls last, end_user nulls last) as sender
from (select distinct key, "user", end_user from retry_candidates) as named
