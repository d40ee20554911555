/*
title: Why caches missed
answers: Which requests did not read their beginning from a cache, why not, what did that cost, and why is it no finding?
inputs: [cache_rules, prefixes, single_requests, paid_rates, claims]
params:
  min_requests: 50
steps: [prefix_groups, bare_prompts]
*/
with
    rules as (
        select
            provider,
            model,
            valid_from_us,
            valid_to_us,
            min(min_tokens) as min_tokens,
            min(ttl_us) as ttl_us,
            max(ttl_us) as long_ttl_us
        from cache_rules
        group by provider, model, valid_from_us, valid_to_us
    ),
    -- compared with the last that begins alike; what begins like none before has changed from the start
    compared as (
        select
            *,
            lag(started_us) over all_before as before_us,
            lag(started_us) over alike_before as alike_us,
            lag(written_1h_tokens) over alike_before as alike_1h_tokens,
            prefix_2 = lag(prefix_2) over alike_before as is_same_2,
            prefix_3 = lag(prefix_3) over alike_before as is_same_3,
            prefix_4 = lag(prefix_4) over alike_before as is_same_4,
            min(readable_us) over (
                partition by key, provider, model, prefix_1
                order by started_us nulls last, dedupe_key nulls last
                rows between 10 preceding and 1 preceding
            ) as alike_readable_us
        from prefixes
        window
            all_before as (
                partition by key, provider, model order by started_us nulls last, dedupe_key nulls last
            ),
            alike_before as (
                partition by key, provider, model, prefix_1
                order by started_us nulls last, dedupe_key nulls last
            )
    ),
    measured as (
        select
            compared.*,
            rules.min_tokens,
            case when alike_1h_tokens > 0 then long_ttl_us else ttl_us end as ttl_us,
            case
                when is_same_2
                then case when is_same_3 then case when is_same_4 then 4 else 3 end else 2 end
                else 1
            end as depth
        from compared
        inner join
            rules
            on compared.provider = rules.provider
            and compared.model = rules.model
            and compared.started_us >= rules.valid_from_us
            and compared.started_us < rules.valid_to_us
    ),
    shared as (
        select
            *,
            cast(text_tokens as decimal(19, 0)) * cast(
                case
                    depth when 4 then chars_4 when 3 then chars_3 when 2 then chars_2 else chars_1
                end as decimal(19, 0)
            ) as token_chars
        from measured
    ),
    caused as (
        select
            *,
            cast(
                cast(text_tokens - read_tokens - written_tokens as decimal(17, 0))
                * paid_rates.input_usd_per_token as decimal(38, 21)
            ) as uncached_usd,
            case
                when read_tokens > 0
                then 'hit'
                when not is_reported
                then 'not reported'
                when text_tokens < min_tokens
                then 'below minimum'
                when before_us is null
                then 'first request'
                when alike_us is null
                then 'changed at message 1'
                when started_us - alike_us > ttl_us
                then 'ttl lapsed'
                when token_chars < cast(min_tokens as decimal(19, 0)) * cast(input_chars as decimal(19, 0))
                then 'changed at message ' || cast(depth + 1 as varchar)
                when alike_readable_us > started_us
                then 'cold parallel'
                when written_tokens > 0
                then 'written, not read'
                else 'not cached'
            end as cause
        from shared
        inner join paid_rates on shared.price_no = paid_rates.price_no
    ),
    verdicts as (
        select
            caused.*,
            claims.saving_usd,
            case
                when claims.dedupe_key is not null
                then 'found'
                when cause = 'hit'
                then 'read from a cache'
                when groups.requests < $min_requests
                then 'fewer than ' || cast($min_requests as varchar) || ' begin alike (min_requests)'
                when groups.prefix_tokens < min_tokens
                then
                    'they share less than the '
                    || cast(min_tokens as varchar)
                    || ' tokens that this model caches'
                else 'a cache would cost as much as it saves'
            end as verdict
        from caused
        inner join
            prefix_groups as groups
            on caused.prefix_1 = groups.prefix_1
            and caused.system_prompt_hash is not distinct from groups.system_prompt_hash
            and caused.key is not distinct from groups.key
            and caused.provider is not distinct from groups.provider
            and caused.model is not distinct from groups.model
        left join claims on caused.dedupe_key = claims.dedupe_key
    ),
    bare as (
        select
            bare_prompts.*,
            cast(
                cast(text_tokens - read_tokens - written_tokens as decimal(17, 0))
                * paid_rates.input_usd_per_token as decimal(38, 21)
            ) as uncached_usd,
            case
                when read_tokens > 0
                then 'hit'
                when not is_reported
                then 'not reported'
                when text_tokens < rules.min_tokens
                then 'below minimum'
                when written_tokens > 0
                then 'written, not read'
                else 'no text'
            end as cause
        from bare_prompts
        inner join
            rules
            on bare_prompts.provider = rules.provider
            and bare_prompts.model = rules.model
            and bare_prompts.started_us >= rules.valid_from_us
            and bare_prompts.started_us < rules.valid_to_us
        inner join paid_rates on bare_prompts.price_no = paid_rates.price_no
    ),
    all_verdicts as (
        select key, model, cause, verdict, text_tokens, uncached_usd, saving_usd
        from verdicts
        union all
        select
            key,
            model,
            cause,
            case
                when claims.dedupe_key is not null
                then 'found'
                when cause = 'hit'
                then 'read from a cache'
                else 'nothing that counts can show'
            end as verdict,
            text_tokens,
            uncached_usd,
            saving_usd
        from bare
        left join claims on bare.dedupe_key = claims.dedupe_key
    )
select
    key,
    model,
    cause,
    verdict,
    count(*) as requests,
    cast(count(*) as double) / sum(count(*)) over (partition by key, model) as requests_share,
    cast(sum(text_tokens) as bigint) as input_tokens,
    sum(uncached_usd) as uncached_usd,
    sum(saving_usd) as saving_usd
from all_verdicts
group by key, model, cause, verdict
order by
    uncached_usd desc nulls last,
    input_tokens desc nulls last,
    key nulls last,
    model nulls last,
    cause nulls last,
    verdict nulls last
