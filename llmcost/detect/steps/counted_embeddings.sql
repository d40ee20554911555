-- Embeddings of spaces in which some have no text, only a count of tokens. Those that have one are counted
-- with them: the same document may have come with its text the night before. Names are numbers.
with
    bare as (
        select key, model, embedding_dimensions
        from single_requests
        where
            embedding_item_hashes is null
            and operation = 'embeddings'
            and status = 'ok'
            and cache_hit is distinct from true
            -- four characters are a token; what is shorter is a search
            and input_tokens >= greatest(1, $query_chars / 4)
    ),
    spaces as (
        select
            key,
            model,
            embedding_dimensions,
            row_number() over (
                order by key nulls last, model nulls last, embedding_dimensions nulls last
            ) as space
        from bare
        group by key, model, embedding_dimensions
        having count(*) >= $min_requests
    ),
    counted as (
        select
            embedded.dedupe_key,
            spaces.space,
            embedded.started_us,
            embedded.input_tokens,
            embedded.input_usd_per_token,
            embedded.cost_usd,
            embedded.embedding_item_hashes is null as is_bare,
            row_number() over (
                order by embedded.started_us nulls last, embedded.dedupe_key nulls last
            ) as request_no
        from single_requests as embedded
        inner join
            spaces
            on embedded.key is not distinct from spaces.key
            and embedded.model is not distinct from spaces.model
            and embedded.embedding_dimensions is not distinct from spaces.embedding_dimensions
        where
            embedded.operation = 'embeddings'
            and embedded.status = 'ok'
            and embedded.cache_hit is distinct from true
            and embedded.input_tokens >= greatest(1, $query_chars / 4)
    )
select *, lag(started_us) over (partition by space order by request_no nulls last) as before_us
from counted
