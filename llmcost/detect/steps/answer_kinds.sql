-- Answers of models that have a smaller one, by route and by what is known of them: their text (`text`), that
-- they were to be one of a few (`fields`), or numbers only (`counts`). One look at requests for all three.
with
    answers as (
        select
            *,
            case
                when output_hash is not null
                then 'text'
                when response_choices is not null
                then 'fields'
                else 'counts'
            end as tier
        from single_requests
        where
            status = 'ok'
            and operation <> 'embeddings'
            and model_named in (select model_named from smaller_names)
    )
select
    key,
    provider,
    model,
    system_prompt_hash,
    model_group,
    response_choices,
    tier,
    count(*) as answers,
    count(output_tokens) as counted,
    sum(
        case when finish_reason in ('tool_calls', 'tool_use', 'function_call') then 1 else 0 end
    ) as tool_calls,
    sum(case when reasoning_output_tokens > 0 then 1 else 0 end) as reasoned,
    sum(case when temperature > 0 then 1 else 0 end) as varied,
    sum(case when is_truncated then 1 else 0 end) as cut_off,
    sum(case when output_tokens <= $max_label_tokens then 1 else 0 end) as short
from answers
group by key, provider, model, system_prompt_hash, model_group, response_choices, tier
