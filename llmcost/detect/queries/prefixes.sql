/*
title: Beginnings of prompts
answers: How does the prompt of each request begin, and what of it was read from a cache or written to one?
inputs: [single_requests]
*/
-- What the query about static prefixes reads of a request: how its prompt begins, which of its tokens were
-- read from a cache or written to one, and from when on an entry that it wrote could be read.
select
    dedupe_key,
    key,
    provider,
    model,
    system_prompt_hash,
    prefix_hashes[1] as prefix_1,
    prefix_hashes[2] as prefix_2,
    prefix_hashes[3] as prefix_3,
    prefix_hashes[4] as prefix_4,
    prefix_chars[1] as chars_1,
    prefix_chars[2] as chars_2,
    prefix_chars[3] as chars_3,
    prefix_chars[4] as chars_4,
    input_chars,
    text_input_tokens + text_read_tokens + coalesce(cache_write_input_tokens, 0) as text_tokens,
    text_read_tokens as read_tokens,
    coalesce(cache_write_input_tokens, 0) as written_tokens,
    coalesce(cache_write_1h_input_tokens, 0) as written_1h_tokens,
    cache_read_input_tokens is not null or cache_write_input_tokens is not null as is_reported,
    started_us,
    -- where no response was logged it came later than the request
    coalesce(first_token_us, ended_us, started_us + 1) as readable_us,
    price_no
from single_requests
where
    status = 'ok'
    and price_status = 'priced'
    and not is_batch
    and cache_hit is distinct from true
    and prefix_hashes[1] is not null
    and prefix_chars[1] is not null
    and input_chars > 0
    and started_us is not null
