/*
title: Events
answers: In which slot of five minutes did each request end, and what of it can a rule look at?
steps: [ended]
params:
  first: 0  # slots since 1970
  last: 0
*/
select
    group_1,
    group_2,
    group_3,
    group_4,
    slot,
    cost_usd,
    input_tokens,
    cache_read_input_tokens,
    output_tokens,
    error_kind,
    duration_us,
    first_token_wait_us,
    error_kind is null and not is_batch and cache_hit is distinct from true as is_answer
from ended
