-- The requests of each kind, each with the pause since an entry of the one before could be read.
select
    prompts.*,
    sizes.bare_no,
    sizes.family_no,
    sizes.of_requests,
    sizes.is_core,
    prompts.started_us - lag(prompts.readable_us) over (
        partition by sizes.bare_no order by prompts.started_us nulls last, prompts.dedupe_key nulls last
    ) as pause_us
from bare_prompts as prompts
inner join
    bare_sizes as sizes
    on prompts.size_tokens = sizes.size_tokens
    and prompts.basis = sizes.basis
    and prompts.key is not distinct from sizes.key
    and prompts.provider is not distinct from sizes.provider
    and prompts.model is not distinct from sizes.model
    and prompts.model_group is not distinct from sizes.model_group
    and prompts.system_prompt_hash is not distinct from sizes.system_prompt_hash
