-- LiteLLM, shared by its payload and its spend table
-- A provider id may come back for another call (and mocks repeat one); a gateway cache hit adds a suffix that
-- differs between the two tables. Id and start time together are the attempt.
create or replace temp macro litellm_key(id, is_hit, started_at) as
    hash(case when is_hit then split_part(id, '_cache_hit', 1) else id end, epoch_us(started_at))
;

create or replace temp macro litellm_operation(call_type) as
    case call_type
        when 'acompletion' then 'chat'
        when 'completion' then 'chat'
        when 'aresponses' then 'chat'
        when 'responses' then 'chat'
        when 'anthropic_messages' then 'chat'
        when 'agenerate_content' then 'generate_content'
        when 'generate_content' then 'generate_content'
        when 'aembedding' then 'embeddings'
        when 'embedding' then 'embeddings'
        when 'atext_completion' then 'text_completion'
        when 'text_completion' then 'text_completion'
        else call_type
    end
;

-- Routes that ask no model: what they read or manage was counted when it was made. The exception is an answer
-- in the background, whose usage is known only when it is read.
create or replace temp macro litellm_passed_over(call_type, is_background) as
    case
        when
            regexp_matches(
                call_type,
                '^a?((get|delete|cancel)_responses|list_input_items|vector_store_(file_)?(create|retrieve|list|update|delete|content))$'
            )
            and not coalesce(flag(is_background), false)
        then 'not a model call'
    end
;

-- A key, a team or a project that somebody has blocked is refused by the proxy with an error that has no
-- name of its own.
create or replace temp macro litellm_error(class, message) as
    case
        when class = 'Exception' and message like '% is blocked. Update via `/%'
        then 'refused_by_gateway'
        else nullif(class, '')
    end
;

-- What is billed by another unit than tokens and calls of tools, and whether it is all that is billed.
create or replace temp macro litellm_billed(used_tokens, usage, map_searches, made, model, call_type) as
    case
        when tokens(map_searches) > 0
        then
            {
                unit:'map_search',
                units:paid_searches(model, tokens(map_searches)),
                is_all:false
            }
        when tokens(usage.num_sources_used) > 0
        then {unit:'search_source', units:tokens(usage.num_sources_used), is_all:false}
        when used_tokens > 0
        then null
        when tokens(coalesce(usage.pages_processed, made.usage_info.pages_processed)) > 0
        then {unit:'page', units:tokens(coalesce(usage.pages_processed, made.usage_info.pages_processed)), is_all:true}
        when coalesce(usage.seconds, made.usage.seconds) > 0
        then {unit:'second', units:cast(ceil(coalesce(usage.seconds, made.usage.seconds)) as bigint), is_all:true}
        when len(made.data) > 0 and contains(call_type, 'image')
        then {unit:'image', units:len(made.data), is_all:true}
    end
;

-- The prompt of a call that is not an embedding, and the texts of one that is. With message logging off there
-- is neither, but a note of LiteLLM's.
create or replace temp macro is_redacted(messages) as
    strlen(messages) < 1024 and contains(messages, 'redacted-by-litellm')
;

create or replace temp macro litellm_chat(messages, call_type) as
    case when not contains(call_type, 'embedding') and not is_redacted(messages) then messages end
;

create or replace temp macro litellm_embedded(messages, input, call_type) as
    case
        when contains(call_type, 'embedding') and not coalesce(is_redacted(messages), false)
        then coalesce(input, messages)
    end
;

-- Where a stream ended without usage LiteLLM counts the text itself, and writes just this usage object: no
-- input details, reasoning 0, predictions null. OpenAI and Azure send input details whenever they send usage.
create or replace temp macro litellm_usage_source(is_openai_stream, has_no_input_details, reasoning, accepted) as
    case
        when is_openai_stream and has_no_input_details and reasoning = '0' and accepted is null
        then 'gateway_estimate'
        else 'provider'
    end
;

-- The provider's tools that a call used. An image drawn on the way is paid by tokens that no usage has.
create or replace temp macro litellm_called(items, input_details, usage, made, model) as
    struct_pack(
        searches := coalesce(
            paid_searches(
                model,
                tokens(coalesce(input_details.web_search_requests, usage.server_tool_use.web_search_requests))
            ),
            openai_searches(items, null)
        ),
        file_searches := openai_calls(items, 'file_search_call'),
        x_searches := coalesce(
            nullif(tokens(made.usage.server_side_tool_usage_details.x_search_calls), 0),
            openai_calls(items, 'x_search_call')
        ),
        containers := openai_containers(items),
        has_drawn := openai_calls(items, 'image_generation_call') is not null
    )
;

-- The data zone of an Azure deployment, which its base model names: azure/eu/gpt-5.1.
create or replace temp macro litellm_zone(base_model) as
    case
        when starts_with(base_model, 'azure/eu/') or starts_with(base_model, 'azure/us/')
        then split_part(base_model, '/', 2)
    end
;

-- The proxy may put the alias that the client asked for into response.model: that is not a served model.
create or replace temp macro litellm_served_model(answered, model_group, model) as
    case
        when answered = model_group and not coalesce(ends_with(model, answered), false) then null
        else answered
    end
;
