-- What a gateway's log keeps of an answer, of whichever provider -------------------------------------------
-- The items of a response of OpenAI's kind.
create or replace temp macro answer_items(answer) as
    try(from_json(json_extract(answer, '$.output'), '[{"type":"VARCHAR","container_id":"VARCHAR","action":{"type":"VARCHAR"}}]'))
;

-- What the provider's own tools did for it, which is paid beside the tokens.
create or replace temp macro answer_tools(answer, usage, items, model) as
    struct_pack(
        searches := coalesce(
            paid_searches(
                model,
                coalesce(
                    tokens(json_extract_string(usage, '$.server_tool_use.web_search_requests')),
                    tokens(json_extract_string(usage, '$.server_side_tool_usage_details.web_search_calls')),
                    tokens(json_extract_string(usage, '$.prompt_tokens_details.web_search_requests')),
                    json_array_length(answer, '$.candidates[0].groundingMetadata.webSearchQueries'),
                    json_array_length(answer, '$.choices[0].groundingMetadata.webSearchQueries')
                )
            ),
            openai_searches(items, null)
        ),
        file_searches := openai_calls(items, 'file_search_call'),
        x_searches := coalesce(
            nullif(tokens(json_extract_string(usage, '$.server_side_tool_usage_details.x_search_calls')), 0),
            openai_calls(items, 'x_search_call')
        ),
        containers := openai_containers(items),
        -- an image that was drawn on the way is paid by tokens that no usage has
        has_drawn := openai_calls(items, 'image_generation_call') is not null
    )
;
