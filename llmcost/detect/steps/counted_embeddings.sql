-- Embeddings of which no text is known, only how many tokens each request had. Names are numbers.
with
    counted as (
        select
            dedupe_key,
            key,
            model,
            embedding_dimensions,
            started_us,
            input_tokens,
            input_usd_per_token,
            cost_usd,
            row_number() over (order by started_us nulls last, dedupe_key nulls last) as request_no
        from single_requests
        where
            operation = 'embeddings'
            and embedding_item_hashes is null
            and status = 'ok'
            and cache_hit is distinct from true
            and input_tokens > 0
            -- four characters are a token; what is shorter is a search
            and input_tokens >= $query_chars / 4
    ),
    spaces as (
        select
            key,
            model,
            embedding_dimensions,
            row_number() over (
                order by key nulls last, model nulls last, embedding_dimensions nulls last
            ) as space
        from counted
        group by key, model, embedding_dimensions
        having count(*) >= $min_requests
    )
select
    counted.dedupe_key,
    counted.request_no,
    spaces.space,
    counted.started_us,
    counted.input_tokens,
    counted.input_usd_per_token,
    counted.cost_usd,
    lag(counted.started_us) over (
        partition by spaces.space order by counted.request_no nulls last
    ) as before_us
from counted
inner join
    spaces
    on counted.key is not distinct from spaces.key
    and counted.model is not distinct from spaces.model
    and counted.embedding_dimensions is not distinct from spaces.embedding_dimensions
