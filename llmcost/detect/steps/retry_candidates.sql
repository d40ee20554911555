-- Requests that may be attempts of one operation: their prompt came more than once, or their operation
-- says so, or one without a prompt may have been sent again by its tokens.
with
    -- of the whole store, which costs no look at prices; one that is alone in the scope is a chain of one
    repeated_prompts as (
        select prompt_hash
        from requests
        where prompt_hash is not null
        group by prompt_hash
        having count(*) > 1
    ),
    -- operations of failures without their prompt, and of attempts that say they are one
    marked_operations as (
        select distinct logical_request_id
        from single_requests
        where attempt_number > 1 or fallback_index > 0 or (prompt_hash is null and status <> 'ok')
    ),
    -- counts of tokens of which an answer was unusable, and which a request without text has
    telling_counts as (
        select key, "user", end_user, provider, model, input_tokens
        from calls
        where
            input_tokens > 0
            and (is_unusable or prompt_hash is null)
            -- their texts are apart
            and operation is distinct from 'embeddings'
        group by key, "user", end_user, provider, model, input_tokens
        having
            max(case when is_unusable then 1 else 0 end) = 1
            and max(case when prompt_hash is null then 1 else 0 end) = 1
    ),
    asked as (
        select
            calls.*,
            coalesce(prompt_hash in (select prompt_hash from repeated_prompts), false)
            or coalesce(
                logical_request_id in (select logical_request_id from marked_operations), false
            ) as is_repeated,
            telling.input_tokens as counted_tokens
        from calls
        left join
            telling_counts as telling
            on calls.input_tokens = telling.input_tokens
            and calls.operation is distinct from 'embeddings'
            and calls.key is not distinct from telling.key
            and calls."user" is not distinct from telling."user"
            and calls.end_user is not distinct from telling.end_user
            and calls.provider is not distinct from telling.provider
            and calls.model is not distinct from telling.model
    )
select
    dedupe_key,
    key,
    "user",
    end_user,
    provider,
    model,
    logical_request_id,
    prompt_hash,
    started_us,
    ended_us,
    has_end,
    is_unusable,
    attempt_number,
    fallback_index,
    output_hash,
    temperature,
    is_repeated,
    counted_tokens
from asked
where is_repeated or counted_tokens is not null
