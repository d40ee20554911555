-- What each policy would have saved on a request of each kind, if it had found the prefix in the cache
-- and if not. Below 0 it is the premium of a write. What was read is read in any case.
with
    distinct_kinds as (
        select distinct group_no, price_no, prefix_tokens, read_tokens, written_tokens, written_1h_tokens
        from prefix_counts
    ),
    kinds as (
        select
            *,
            cast(
                row_number() over (
                    order by
                        group_no nulls last,
                        price_no nulls last,
                        prefix_tokens nulls last,
                        read_tokens nulls last,
                        written_tokens nulls last,
                        written_1h_tokens nulls last
                ) as integer
            ) as kind_no
        from distinct_kinds
    ),
    -- what a cache can hold of the prefix, and what it would cost to find it there and not to find it
    cacheable as (
        select
            kinds.*,
            rules.rule_no,
            rules.policy,
            rules.ttl_us,
            rules.valid_from_us,
            rules.valid_to_us,
            case
                when kinds.prefix_tokens < rules.min_tokens
                then 0
                else kinds.prefix_tokens - kinds.prefix_tokens % rules.step_tokens
            end as tokens,
            paid_rates.input_usd_per_token as input_usd,
            paid_rates.cache_read_usd_per_token as read_usd,
            paid_rates.cache_write_usd_per_token as write_usd,
            paid_rates.cache_write_1h_usd_per_token as write_1h_usd,
            case
                when rules.policy = 'none'
                then paid_rates.input_usd_per_token
                else paid_rates.cache_read_usd_per_token
            end as hit_usd,
            case
                rules.write_rate
                when 'cache_write'
                then paid_rates.cache_write_usd_per_token
                when 'cache_write_1h'
                then paid_rates.cache_write_1h_usd_per_token
                else paid_rates.input_usd_per_token
            end as miss_usd
        from kinds
        inner join prefix_policies as rules on kinds.group_no = rules.group_no
        inner join paid_rates on kinds.price_no = paid_rates.price_no
        where
            -- a book that names no rate for an hour lends that of five minutes
            (
                rules.write_rate <> 'cache_write_1h'
                or paid_rates.cache_write_1h_usd_per_token > paid_rates.cache_write_usd_per_token
            )
            and paid_rates.input_usd_per_token is not null
    ),
    cached as (
        select
            *,
            least(read_tokens, tokens) as was_read,
            least(written_tokens, tokens - least(read_tokens, tokens)) as was_written
        from cacheable
    ),
    split as (select *, least(written_1h_tokens, was_written) as was_written_1h from cached),
    priced as (
        select
            *,
            cast(was_read as decimal(11, 0)) * read_usd
            + cast(was_written - was_written_1h as decimal(11, 0)) * write_usd
            + cast(was_written_1h as decimal(11, 0)) * write_1h_usd
            + cast(tokens - was_read - was_written as decimal(11, 0)) * input_usd
            - cast(was_read as decimal(11, 0)) * hit_usd as paid_usd,
            cast(was_read as decimal(11, 0)) * (input_usd - read_usd) as had_usd,
            cast(tokens - was_read as decimal(11, 0)) as unread
        from split
    )
select
    *,
    cast(paid_usd - unread * hit_usd as decimal(33, 21)) as hit_change_usd,
    cast(paid_usd - unread * miss_usd as decimal(33, 21)) as miss_change_usd
from priced
