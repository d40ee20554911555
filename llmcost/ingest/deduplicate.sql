-- Rows after $mark are the batch's own; only their keys are looked at.
create or replace temp table repeated as
select dedupe_key
from requests
where dedupe_key in (select dedupe_key from requests where rowid > $mark)
group by dedupe_key
having count(*) > 1
;

delete from requests
where
    rowid in (
        select rowid
        from requests
        where dedupe_key in (select dedupe_key from repeated)
        qualify
            row_number() over (
                partition by dedupe_key
                order by
                    case when $is_first then rowid end nulls last,
                    usage_source = 'provider' desc,
                    coalesce(output_tokens, 0) desc,
                    trace_id is not null desc,
                    started_at,
                    rowid desc
            )
            > 1
    )
;
