-- xAI counts in ticks of 10^-10 USD. Perplexity gives an object, OpenRouter a number; with a key of one's own
-- that number is only its fee beside what the provider asks.
create or replace temp macro openai_cost(usage) as
    case
        when usage.cost_in_usd_ticks is not null
        then cast(usage.cost_in_usd_ticks as decimal(24, 0)) * 0.0000000001
        when starts_with(usage.cost, '{')
        then try_cast(json_extract_string(usage.cost, '$.total_cost') as decimal(18, 12))
        when coalesce(flag(usage.is_byok), false)
        then
            try_cast(usage.cost as decimal(18, 12))
            + coalesce(try_cast(usage.cost_details.upstream_inference_cost as decimal(18, 12)), 0)
        else try_cast(usage.cost as decimal(18, 12))
    end
;

-- What was answered: text, or else the names and arguments of tool calls, without their ids, which differ.
create or replace temp macro openai_answer(choices, items) as
    coalesce(
        nullif(choices[1].message.content, ''),
        texts_joined(list_transform(choices[1].message.tool_calls, lambda c: concat(c.function.name, c.function.arguments))),
        choices[1].text,
        texts_joined(
            list_transform(
                list_filter(items, lambda item: item.type <> 'reasoning'),
                lambda item: coalesce(
                    texts_joined(json_extract_string(item.content, '$[*].text')), concat(item.name, item.arguments)
                )
            )
        )
    )
;
