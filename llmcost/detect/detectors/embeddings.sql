/*
title: Repeated embeddings
why: Documents that had not changed were embedded again with the same model, and every token of them was paid for again.
advice: Keep a hash of each document beside its vector, and embed only what is new or has changed.
rank: 2
inputs: [single_requests, embedding_items]
params:
  min_items: 200  # fewer embedded by one key with one model are not an index
  min_repeat_share: 0.2  # fewer repeated ones are chance, or the price of simplicity
  query_chars: 256  # about 64 tokens; a shorter text that is embedded by itself is a search, not a document
  store_days: 30  # a vector that is older may be gone; the low end of the range
  min_requests: 50  # without text, fewer by one key with one model are not an index
  min_sizes: 20  # without text, fewer different counts of tokens that come again may be chunks of a fixed size
  min_deviations: 5  # without text, what chance makes of equal counts is nearly never so many standard deviations more
  common_requests: 10  # without text, a count that more of two runs have weighs no more than one of so many
  long_pause_minutes: 240  # without text, a run ends before such a pause
  short_pause_minutes: 30  # or before such a pause, where that explains more
tiers:  # of evidence: what a request must have for each
  text: {fields: [embedding_item_hashes]}
  counts: {fields: [input_tokens], of: operation = 'embeddings'}
needs:
  - fields: [embedding_item_hashes, input_tokens]
    of: (embedding_item_hashes is not null or operation = 'embeddings')
    says: no embeddings with their input tokens
steps:
  - counted_embeddings  # those of which no text is known
  - embedding_runs
  - embedding_sizes  # how many requests of two runs have the same count of tokens
  - embedding_chances  # how many of them would by chance
  - counted_repeats
*/
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
    ),
    tokens as (
        select
            *,
            cast((part - part % whole) / whole as bigint) as repeated_tokens,
            cast((kept_part - kept_part % whole) / whole as bigint) as kept_tokens
        from shares
    ),
    -- what is read from a cache, or is not text, may cost less than the rate of input; unpriced is not known
    savings as (
        select
            *,
            case
                when cost_usd > 0
                then least(cast(repeated_tokens as decimal(11, 0)) * input_usd_per_token, cost_usd)
            end as saving_usd,
            case
                when cost_usd > 0
                then least(cast(kept_tokens as decimal(11, 0)) * input_usd_per_token, cost_usd)
            end as kept_saving_usd
        from tokens
    )
select
    dedupe_key,
    'embedded again' as finding,
    cast(saving_usd as decimal(38, 21)) as saving_usd,
    cast(kept_saving_usd as decimal(38, 21)) as saving_low_usd,
    cast(saving_usd as decimal(38, 21)) as saving_high_usd,
    'proven' as certainty,
    'text' as evidence_tier,
    cast(repeated_items as varchar)
    || ' of '
    || cast(items as varchar)
    || ' items embedded before'
    || case
        when age_us > 0
        then
            ', last '
            || cast(cast((age_us - age_us % 3600000000) / 3600000000 as bigint) as varchar)
            || ' h ago'
        else ''
    end as evidence,
    items,
    repeated_items,
    repeated_tokens,
    age_us,
    cast(null as boolean) as is_compared,
    cast(null as boolean) as is_same,
    cast(null as decimal(5, 4)) as share
from savings
union all
select
    dedupe_key,
    'embedded again' as finding,
    case when input_usd is not null then share_of(share, input_usd) end as saving_usd,
    case when input_usd is not null then cast(0 as decimal(38, 21)) end as saving_low_usd,
    cast(input_usd as decimal(38, 21)) as saving_high_usd,
    'possible' as certainty,
    'counts' as evidence_tier,
    case
        when not is_compared
        then 'as many tokens as a request before it in the first run'
        when is_same
        then
            'as many tokens as a request of the run '
            || cast(cast((age_us - age_us % 3600000000) / 3600000000 as bigint) as varchar)
            || ' h before, as '
            || cast(same_requests as varchar)
            || ' of '
            || cast(compared_requests as varchar)
            || ' requests; by chance '
            || cast(cast(chance_requests - chance_requests % 1 as bigint) as varchar)
        else 'no request of the run before had as many tokens, but a batch may hold some texts of it'
    end as evidence,
    cast(null as bigint) as items,
    cast(null as bigint) as repeated_items,
    cast((parts - parts % 10000) / 10000 as bigint) as repeated_tokens,
    age_us,
    is_compared,
    is_same,
    share
from
    (
        select
            *,
            same_requests * (1 - share_of_same) as chance_requests,
            cast(input_tokens as decimal(19, 0)) * cast(10000 * share as integer) as parts,
            case
                when cost_usd > 0
                then least(cast(input_tokens as decimal(11, 0)) * input_usd_per_token, cost_usd)
            end as input_usd
        from counted_repeats
    ) as counted
