-- Requests that embedded a text again, by its hash, and the tokens of what they embedded again.
with
    embedded as (
        select
            dedupe_key,
            key,
            model,
            embedding_dimensions,
            started_us,
            input_tokens,
            input_usd_per_token,
            cost_usd,
            -- numbers sort faster than times and names
            row_number() over (order by started_us nulls last, dedupe_key nulls last) as request_no
        from single_requests
        where embedding_item_hashes is not null and status = 'ok' and cache_hit is distinct from true
    ),
    -- vectors of two models, or of two sizes, do not stand in for one another
    spaces as (
        select
            key,
            model,
            embedding_dimensions,
            row_number() over (
                order by key nulls last, model nulls last, embedding_dimensions nulls last
            ) as space
        from (select distinct key, model, embedding_dimensions from embedded) as named
    ),
    items as (
        select embedded.request_no, spaces.space, embedding_items.item_hash, embedding_items.item_chars
        from embedding_items
        inner join embedded on embedding_items.dedupe_key = embedded.dedupe_key
        inner join
            spaces
            on embedded.key is not distinct from spaces.key
            and embedded.model is not distinct from spaces.model
            and embedded.embedding_dimensions is not distinct from spaces.embedding_dimensions
    ),
    sizes as (
        select
            request_no,
            count(*) as items,
            min(item_chars) as least_chars,
            -- where a size is missing, all items count alike
            cast(
                case
                    when count(item_chars) = count(*) and sum(item_chars) > 0 then sum(item_chars)
                end as bigint
            ) as chars
        from items
        group by request_no
    ),
    batches as (
        select embedded.*, sizes.items, sizes.chars
        from sizes
        inner join embedded on sizes.request_no = embedded.request_no
        where
            sizes.items > 1
            or coalesce(sizes.least_chars, 4 * embedded.input_tokens, $query_chars) >= $query_chars
    ),
    contents as (
        select space, item_hash, count(*) as times
        from items
        where request_no in (select request_no from batches)
        group by space, item_hash
    ),
    indexes as (
        select space
        from contents
        group by space
        having
            sum(times) >= $min_items
            and sum(case when item_hash is null then 0 else times - 1 end)
            >= cast($min_repeat_share as decimal(5, 4)) * sum(times)
    ),
    -- what is in there once is new, whenever it came
    repeated_contents as (
        select
            space,
            item_hash,
            row_number() over (order by space nulls last, item_hash nulls last) as content_no
        from contents
        where times > 1 and item_hash is not null and space in (select space from indexes)
    ),
    comings as (
        select
            items.request_no,
            items.item_chars,
            lag(items.request_no) over (
                partition by repeated_contents.content_no
                order by items.request_no nulls last, items.item_chars nulls last
            ) as request_before
        from items
        inner join
            repeated_contents
            on items.space = repeated_contents.space
            and items.item_hash = repeated_contents.item_hash
        where items.request_no in (select request_no from batches)
    ),
    repeats as (
        select
            comings.request_no,
            count(*) as repeated_items,
            cast(sum(case when batches.chars is null then 1 else comings.item_chars end) as bigint) as size,
            cast(
                sum(
                    case
                        when batches.started_us - embedded.started_us > 86400000000 * $store_days
                        then 0
                        when batches.chars is null
                        then 1
                        else comings.item_chars
                    end
                ) as bigint
            ) as kept_size,
            min(
                case
                    when batches.started_us > embedded.started_us
                    then batches.started_us - embedded.started_us
                end
            ) as age_us
        from comings
        inner join embedded on comings.request_before = embedded.request_no
        inner join batches on comings.request_no = batches.request_no
        group by comings.request_no
    ),
    shares as (
        select
            batches.*,
            repeats.repeated_items,
            coalesce(repeats.age_us, 0) as age_us,
            coalesce(batches.chars, batches.items) as whole,
            batches.input_tokens * repeats.size as part,
            batches.input_tokens * repeats.kept_size as kept_part
        from repeats
        inner join batches on repeats.request_no = batches.request_no
        where batches.cost_usd is null or batches.cost_usd > 0
    )
select
    *,
    cast((part - part % whole) / whole as bigint) as repeated_tokens,
    cast((kept_part - kept_part % whole) / whole as bigint) as kept_tokens
from shares
