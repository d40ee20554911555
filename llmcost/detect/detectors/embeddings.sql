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
  - item_repeats  # what was embedded again by its hash
  - counted_embeddings  # those of which no text is known
  - embedding_runs
  - embedding_sizes  # how many requests of two runs have the same count of tokens
  - embedding_chances  # how many of them would by chance
  - counted_repeats
*/
with
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
        from item_repeats
    ),
    counted_savings as (
        select
            *,
            same_requests * (1 - share_of_same) as chance_requests,
            cast(input_tokens as decimal(19, 0)) * cast(10000 * share as integer) as parts,
            case
                when cost_usd > 0
                then least(cast(input_tokens as decimal(11, 0)) * input_usd_per_token, cost_usd)
            end as input_usd
        from counted_repeats
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
from counted_savings
