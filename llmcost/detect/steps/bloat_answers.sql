-- The answers of every group that is short in its answers and large in some of its prompts. Tests that need
-- no order come first, so that of most groups nothing more is read.
with
    answers as (
        select
            dedupe_key,
            key,
            provider,
            model,
            model_group,
            system_prompt_hash,
            prompt_hash is null and system_prompt_hash is null as is_bare,
            coalesce('session ' || session, 'end user ' || end_user, 'user ' || "user") as caller,
            trace,
            started_us,
            input_tokens,
            output_tokens,
            text_input_tokens,
            text_read_tokens,
            short_write_tokens,
            coalesce(cache_write_1h_input_tokens, 0) as long_write_tokens,
            price_no,
            finish_reason in ('tool_calls', 'tool_use', 'function_call')
            or coalesce(web_search_requests, 0)
            + coalesce(file_search_requests, 0)
            + coalesce(x_search_requests, 0)
            + coalesce(code_interpreter_requests, 0)
            > 0 as has_tool,
            coalesce(is_truncated, false) or output_tokens >= max_tokens_requested as is_cut,
            reasoning_output_tokens > 0 as has_reasoning
        from single_requests
        where
            status = 'ok'
            and error_kind is null
            and price_status = 'priced'
            and cost_usd > 0
            and operation <> 'embeddings'
            and output_tokens > 0
            and coalesce(input_audio_tokens, 0) = 0
            and coalesce(input_image_tokens, 0) = 0
    ),
    sums as (
        select
            key,
            provider,
            model,
            model_group,
            system_prompt_hash,
            max(case when is_bare then 1 else 0 end) as is_bare,
            count(*) as answers,
            sum(case when input_tokens < $min_large_tokens then 1 else 0 end) as small_inputs,
            sum(case when output_tokens <= $max_answer_tokens then 1 else 0 end) as short_answers,
            sum(case when has_tool then 1 else 0 end) as with_tools,
            sum(case when has_reasoning then 1 else 0 end) as with_reasoning,
            sum(case when is_cut then 1 else 0 end) as cut_answers
        from answers
        group by key, provider, model, model_group, system_prompt_hash
    ),
    -- where some texts are missing, system prompts tell nobody apart
    prompts as (
        select
            *,
            case
                when max(is_bare) over (partition by key, provider, model, model_group) = 0
                then system_prompt_hash
            end as prompt
        from sums
    ),
    totals as (
        select
            key,
            provider,
            model,
            model_group,
            prompt,
            cast(sum(answers) as bigint) as answers,
            row_number() over (
                order by
                    key nulls last,
                    provider nulls last,
                    model nulls last,
                    model_group nulls last,
                    prompt nulls last
            ) as bloat_no
        from prompts
        group by key, provider, model, model_group, prompt
        having
            sum(answers) >= $min_requests
            and 100 * sum(small_inputs) < 95 * sum(answers)
            and 100 * sum(short_answers) >= 95 * sum(answers)
            and 20 * sum(with_tools) <= sum(answers)
            and 20 * sum(with_reasoning) <= sum(answers)
            and 20 * sum(cut_answers) <= sum(answers)
    ),
    groups as (
        select
            prompts.key,
            prompts.provider,
            prompts.model,
            prompts.model_group,
            prompts.system_prompt_hash,
            totals.answers,
            totals.bloat_no
        from prompts
        inner join
            totals
            on prompts.key is not distinct from totals.key
            and prompts.provider is not distinct from totals.provider
            and prompts.model is not distinct from totals.model
            and prompts.model_group is not distinct from totals.model_group
            and prompts.prompt is not distinct from totals.prompt
    )
select
    groups.bloat_no,
    groups.answers,
    answers.dedupe_key,
    answers.caller,
    answers.trace,
    answers.started_us,
    answers.input_tokens,
    answers.output_tokens,
    answers.text_input_tokens,
    answers.text_read_tokens,
    answers.short_write_tokens,
    answers.long_write_tokens,
    answers.price_no
from answers
inner join
    groups
    on answers.key is not distinct from groups.key
    and answers.provider is not distinct from groups.provider
    and answers.model is not distinct from groups.model
    and answers.model_group is not distinct from groups.model_group
    and answers.system_prompt_hash is not distinct from groups.system_prompt_hash
