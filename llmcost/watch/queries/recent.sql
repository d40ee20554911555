/*
title: Recent requests
answers: Which requests ended in these slots of five minutes, with all that a panel looks at?
steps: [ended]
params:
  first: 0  # slots since 1970
  last: 0
*/
select
    slot,
    provider,
    model,
    key,
    project,
    cost_usd,
    error_kind,
    duration_us,
    first_token_wait_us,
    error_kind is null and not is_batch and cache_hit is distinct from true as is_answer,
    -- the columns that have budgets
    group_1 as budget_1,
    group_2 as budget_2,
    group_3 as budget_3,
    group_4 as budget_4,
    -- what the view cache groups by and reads
    slot as group_1,
    model as group_2,
    null as group_3,
    null as group_4,
    price_no,
    price_status,
    cache_hit,
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_write_input_tokens,
    text_read_tokens,
    cache_read_audio_tokens,
    cache_read_image_tokens,
    short_write_tokens,
    cache_write_1h_input_tokens,
    gateway_saved_usd
from ended
