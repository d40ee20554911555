-- Requests of one slot that cost the same, whatever the cache, counted.
select
    group_no,
    price_no,
    prefix_tokens,
    read_tokens,
    written_tokens,
    written_1h_tokens,
    slot_us,
    count(*) as requests,
    min(started_us) as first_us,
    max(started_us) as last_us,
    min(readable_us) as readable_us
from prefix_arrivals
group by group_no, price_no, prefix_tokens, read_tokens, written_tokens, written_1h_tokens, slot_us
