-- Requests of one key and model that begin alike, and the tokens of the prefix that they share: as many
-- messages as are the same in all of them.
with
    beginnings as (
        select
            key,
            provider,
            model,
            system_prompt_hash,
            prefix_1,
            count(*) as requests,
            case
                when count(prefix_2) = count(*) and min(prefix_2) = max(prefix_2) then max(chars_2)
            end as chars_2,
            case
                when count(prefix_3) = count(*) and min(prefix_3) = max(prefix_3) then max(chars_3)
            end as chars_3,
            case
                when count(prefix_4) = count(*) and min(prefix_4) = max(prefix_4) then max(chars_4)
            end as chars_4,
            max(chars_1) as chars_1,
            cast(sum(text_tokens) as bigint) as text_tokens,
            cast(sum(input_chars) as bigint) as input_chars,
            -- every request holds the prefix, so the shortest bound it; the very shortest may be an odd one
            percentile_disc(0.05) within group (order by text_tokens) as short_tokens,
            max(case when is_reported then 1 else 0 end) as is_reported,
            max(case when written_tokens > 0 then 1 else 0 end) as is_written,
            max(case when written_tokens > 0 or read_tokens > 0 then 1 else 0 end) as is_cached,
            min(started_us) as first_us,
            max(started_us) as last_us
        from prefixes
        group by key, provider, model, system_prompt_hash, prefix_1
    ),
    shares as (
        select
            *,
            cast(text_tokens as decimal(19, 0))
            * cast(coalesce(chars_4, chars_3, chars_2, chars_1) as decimal(19, 0)) as token_chars
        from beginnings
    )
select
    key,
    provider,
    model,
    system_prompt_hash,
    prefix_1,
    requests,
    is_reported,
    is_written,
    is_cached,
    first_us,
    last_us,
    -- no real prompt has more tokens than fit in an integer
    least(
        short_tokens, cast((token_chars - token_chars % input_chars) / input_chars as bigint), 2147483647
    ) as prefix_tokens
from shares
