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
    groups as (
        select
            key,
            provider,
            model,
            model_group,
            system_prompt_hash,
            count(*) as answers,
            row_number() over (
                order by
                    key nulls last,
                    provider nulls last,
                    model nulls last,
                    model_group nulls last,
                    system_prompt_hash nulls last
            ) as bloat_no
        from answers
        group by key, provider, model, model_group, system_prompt_hash
        having
            count(*) >= $min_requests
            and 100 * sum(case when input_tokens < $min_large_tokens then 1 else 0 end) < 95 * count(*)
            and 100 * sum(case when output_tokens <= $max_answer_tokens then 1 else 0 end) >= 95 * count(*)
            and 20 * sum(case when has_tool then 1 else 0 end) <= count(*)
            and 20 * sum(case when has_reasoning then 1 else 0 end) <= count(*)
            and 20 * sum(case when is_cut then 1 else 0 end) <= count(*)
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
