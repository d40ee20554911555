-- Routes that may pick labels, by the tests that need no look at single answers. What is logged is one route
-- per system prompt; what is not is split further, by what else may tell prompts apart.
with
    prompts as (
        select
            key,
            provider,
            model,
            system_prompt_hash,
            row_number() over (
                order by key nulls last, provider nulls last, model nulls last, system_prompt_hash nulls last
            ) as prompt,
            sum(case when tier = 'text' then answers else 0 end) as logged,
            sum(case when tier = 'text' then 0 else answers end) as unlogged,
            sum(case when tier = 'text' then tool_calls else 0 end) as tool_calls,
            sum(case when tier = 'text' then reasoned else 0 end) as reasoned,
            sum(case when tier = 'text' then short else 0 end) as short
        from answer_kinds
        group by key, provider, model, system_prompt_hash
    ),
    logged_prompts as (
        select *
        from prompts
        where
            logged >= $min_requests
            -- a few that are not logged may be what differs; many are a log of their own
            and (unlogged = 0 or unlogged >= $min_requests)
            and tool_calls = 0
            and 20 * reasoned <= logged
            and 100 * short >= 95 * logged
    ),
    -- what a limit cut off, what was to vary, and what was thought about has no length of its own
    unlogged_kinds as (
        select *
        from answer_kinds
        where
            tier <> 'text'
            and answers >= $min_requests
            and 20 * reasoned <= answers
            and (tier = 'counts' or (response_choices between 2 and $max_labels and counted > 0))
            and (
                tier = 'fields'
                or (
                    tool_calls = 0
                    and 20 * varied <= answers
                    and 20 * cut_off <= answers
                    and 100 * short >= 95 * answers
                )
            )
    )
select answer_kinds.*, logged_prompts.prompt as route
from answer_kinds
inner join
    logged_prompts
    on answer_kinds.key is not distinct from logged_prompts.key
    and answer_kinds.provider is not distinct from logged_prompts.provider
    and answer_kinds.model is not distinct from logged_prompts.model
    and answer_kinds.system_prompt_hash is not distinct from logged_prompts.system_prompt_hash
where answer_kinds.tier = 'text'
union all
select
    *,
    - row_number() over (
        order by
            key nulls last,
            provider nulls last,
            model nulls last,
            system_prompt_hash nulls last,
            model_group nulls last,
            response_choices nulls last
    ) as route
from unlogged_kinds
