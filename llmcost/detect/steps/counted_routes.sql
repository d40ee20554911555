-- Routes whose answers are not logged and are short. What a limit cut off, what was to vary, and what was
-- thought about has no length of its own.
select
    key,
    provider,
    model,
    system_prompt_hash,
    model_group,
    row_number() over (
        order by
            key nulls last,
            provider nulls last,
            model nulls last,
            system_prompt_hash nulls last,
            model_group nulls last
    ) as route,
    count(*) as answers
from single_requests
where
    output_hash is null
    and response_choices is null
    and status = 'ok'
    and operation <> 'embeddings'
    and model_named in (select model_named from smaller_names)
group by key, provider, model, system_prompt_hash, model_group
having
    count(*) >= $min_requests
    and sum(case when finish_reason in ('tool_calls', 'tool_use', 'function_call') then 1 else 0 end) = 0
    and 20 * sum(case when reasoning_output_tokens > 0 then 1 else 0 end) <= count(*)
    and 20 * sum(case when temperature > 0 then 1 else 0 end) <= count(*)
    and 20 * sum(case when is_truncated then 1 else 0 end) <= count(*)
    and 100 * sum(case when output_tokens <= $max_label_tokens then 1 else 0 end) >= 95 * count(*)
