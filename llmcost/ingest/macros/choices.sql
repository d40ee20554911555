-- Answers that a request leaves to choose from: how many, never which. NULL where the format is not a closed
-- list. Few requests have one, so a look for its words comes before JSON is read.
create or replace temp macro may_be_closed(x) as
    contains(x, '"enum"') or contains(x, 'boolean') or contains(x, 'BOOLEAN')
;

create or replace temp macro allowed_values(schema) as
    coalesce(
        nullif(json_array_length(schema, '$.enum'), 0), case when lower(schema ->> '$.type') = 'boolean' then 2 end
    )
;

-- A list of values, alone or as all that an object holds; pydantic writes it once and refers to it.
create or replace temp macro choices_in(schema) as
    coalesce(
        allowed_values(schema),
        case
            when len(json_keys(schema, '$.properties')) = 1
            then
                coalesce(
                    allowed_values(json_extract(schema, '$.properties.*')[1]),
                    case
                        when
                            contains(schema ->> '$.properties', '"$ref"') and len(json_keys(schema, '$."$defs"')) = 1
                        then allowed_values(json_extract(schema, '$."$defs".*')[1])
                    end
                )
        end
    )
;

-- What OpenAI calls response_format or text, Anthropic output_format, Gemini generationConfig. Each use of an
-- argument is a copy of what makes it, but not of what a lambda takes.
create or replace temp macro format_choices(format) as
    case
        when starts_with(format, '{') and may_be_closed(format)
        then
            list_transform(
                [try_cast(format as json)],
                lambda asked: choices_in(
                    coalesce(
                        asked -> '$.json_schema.schema',
                        asked -> '$.format.schema',
                        asked -> '$.schema',
                        asked -> '$.responseSchema',
                        asked -> '$.responseJsonSchema',
                        asked -> '$.response_schema'
                    )
                )
            )[1]
    end
;

create or replace temp macro tool_name(tool) as coalesce(tool ->> '$.function.name', tool ->> '$.name')
;

-- The tool that must be called: the one that is named, or the only one.
create or replace temp macro forced_tools(choice, tools) as
    case
        when starts_with(choice, '{') and tool_name(try_cast(choice as json)) is not null
        then
            list_filter(
                json_extract(try_cast(tools as json), '$[*]'),
                lambda tool: tool_name(tool) = tool_name(try_cast(choice as json))
            )
        when
            json_array_length(try_cast(tools as json)) = 1
            and (choice in ('required', 'any') or (try_cast(choice as json) ->> '$.type') = 'any')
        then json_extract(try_cast(tools as json), '$[*]')
    end
;

create or replace temp macro tool_choices(choice, tools) as
    case
        when choice <> 'auto' and starts_with(tools, '[') and may_be_closed(tools)
        then
            list_transform(
                forced_tools(choice, tools),
                lambda tool: choices_in(
                    coalesce(tool -> '$.function.parameters', tool -> '$.input_schema', tool -> '$.parameters')
                )
            )[1]
    end
;

create or replace temp macro response_choices(format, tool_choice, tools) as
    cast(coalesce(format_choices(format), tool_choices(tool_choice, tools)) as bigint)
;

-- The same of the body of a request to any provider.
create or replace temp macro body_choices(body) as
    case
        when may_be_closed(body)
        then
            response_choices(
                coalesce(
                    body ->> '$.response_format',
                    body ->> '$.text',
                    body ->> '$.generationConfig',
                    body ->> '$.output_format',
                    body ->> '$.output_config'
                ),
                body ->> '$.tool_choice',
                body ->> '$.tools'
            )
    end
;
