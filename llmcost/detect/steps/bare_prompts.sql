-- Requests of which no text is known, and the size that can tell of a beginning that they share. Who asks for
-- a cache tells it by what is read and written. A cache that works by itself tells it by what it reads; where
-- it does not report, nothing is known. Of all others there is only the size of the prompt.
with
    caches as (
        select provider, model, max(case when policy = 'automatic' then 1 else 0 end) as is_automatic
        from cache_rules
        group by provider, model
    ),
    bare as (
        select
            dedupe_key,
            key,
            provider,
            model,
            model_group,
            system_prompt_hash,
            text_input_tokens + text_read_tokens + coalesce(cache_write_input_tokens, 0) as text_tokens,
            text_read_tokens as read_tokens,
            coalesce(cache_write_input_tokens, 0) as written_tokens,
            coalesce(cache_write_1h_input_tokens, 0) as written_1h_tokens,
            cache_read_input_tokens is not null or cache_write_input_tokens is not null as is_reported,
            started_us,
            greatest(coalesce(first_token_us, ended_us, 0), started_us + 1) as readable_us,
            price_no
        from single_requests
        where
            (prefix_hashes[1] is null or prefix_chars[1] is null or coalesce(input_chars, 0) <= 0)
            and status = 'ok'
            and price_status = 'priced'
            and not is_batch
            and cache_hit is distinct from true
            and started_us is not null
    ),
    known as (
        select
            bare.*,
            case
                when caches.is_automatic = 1
                then case when bare.is_reported then 'reads' end
                when bare.read_tokens + bare.written_tokens > 0
                then 'entries'
                when caches.is_automatic = 0
                then 'prompts'
            end as basis
        from bare
        left join caches on bare.provider = caches.provider and bare.model = caches.model
    )
select
    * exclude (model_group),
    -- routes to one model share its cache
    case when basis = 'prompts' then model_group end as model_group,
    case
        basis when 'reads' then read_tokens when 'entries' then read_tokens + written_tokens else text_tokens
    end as size_tokens
from known
where basis is not null
