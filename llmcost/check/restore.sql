-- `restored` as requests. No log has them: file 0 is not a file.
insert into requests by name
select
    'baseline-' || number as request_id,
    number as dedupe_key,
    0 as file_id,
    $start::timestamp as started_at,
    case when route is not null then ['route:' || route] end as tags,
    coalesce(is_batch, false) as is_batch,
    * exclude (number, route, is_batch)
from (select *, row_number() over () as number from restored)
