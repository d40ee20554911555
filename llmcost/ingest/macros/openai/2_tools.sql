-- The calls of a tool of the provider's own.
create or replace temp macro openai_calls(items, kind) as
    nullif(len(list_filter(items, lambda item: item.type = kind)), 0)
;

-- Code runs in containers, which are paid each; xAI names none, and is paid by the call.
create or replace temp macro openai_containers(items) as
    coalesce(
        nullif(len(list_distinct(list_transform(list_filter(items, lambda item: item.type = 'code_interpreter_call'), lambda item: item.container_id))), 0),
        openai_calls(items, 'code_interpreter_call')
    )
;

-- What is billed by another unit: sources of xAI's live search in chats, and seconds of sound.
create or replace temp macro openai_unit(usage, object) as
    case
        when starts_with(object, 'chat.') and tokens(usage.num_sources_used) > 0
        then 'search_source'
        when usage.seconds is not null
        then 'second'
    end
;

create or replace temp macro openai_units(usage, object) as
    case
        when openai_unit(usage, object) = 'search_source'
        then tokens(usage.num_sources_used)
        else cast(ceil(cast(usage.seconds as decimal(18, 6))) as bigint)
    end
;

-- Searches that a chat made: Groq lists what it ran, and Kimi asks for what it pays as a tool of its own.
create or replace temp macro chat_searches(choices) as
    nullif(
        coalesce(len(list_filter(choices[1].message.executed_tools, lambda tool: contains(tool.type, 'search'))), 0)
        + coalesce(
            len(
                list_filter(
                    choices[1].message.tool_calls,
                    lambda call: call.type = 'builtin_function' and call.function.name = '$web_search'
                )
            ),
            0
        ),
        0
    )
;

-- Of OpenAI's web search each search is paid for, opening a page it found is not.
create or replace temp macro openai_searches(items, choice_searches) as
    coalesce(
        choice_searches,
        nullif(
            len(
                list_filter(
                    items,
                    lambda item: item.type = 'web_search_call' and coalesce(item.action.type, 'search') = 'search'
                )
            ),
            0
        )
    )
;
