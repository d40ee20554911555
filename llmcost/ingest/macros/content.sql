-- What stands where a text was taken out is not that text: two prompts without theirs are not equal. A word
-- such as "hidden" alone may be an answer.
create or replace temp macro is_placeholder(x) as
    strlen(x) between 1 and 80
    and regexp_full_match(
        lower(trim(x)),
        '[\[\](){}<>"'']+|null'
        '|[\[({<]+((content|message|prompt|input|output|text|data)s?[ _-])?(redacted|removed|hidden|masked|filtered|omitted|truncated|not logged)'
        '([ _-]by[ _-][a-z0-9._-]+)?[\])}>]+'
        '|((content|message|prompt|input|output|text|data)s?[ _-])?(\*{3,}([a-z _-]{1,20}\*{3,})?|redacted|not (logged|recorded|captured))'
        '([ _-]by[ _-][a-z0-9._-]+)?'
        '|(content|message|prompt|input|output|text|data)s? (removed|hidden|masked|filtered|omitted)'
    )
;

-- Content as keyed hashes and sizes. The key is the store's own, so that nobody can see which texts of two
-- stores are equal, or guess short ones; without it (`--text none`) every hash and size is NULL.
create or replace temp macro keyed(x) as
    case
        when x is not null and not is_placeholder(x) and getvariable('content_key') is not null
        then hash(concat(getvariable('content_key'), hash(x)))
    end
;

create or replace temp macro chars(x) as
    case when not is_placeholder(x) and getvariable('content_key') is not null then length(x) end
;

create or replace temp macro is_system(role) as coalesce(role in ('system', 'developer'), false)
;

-- What is kept of a part of a prompt. The text is hashed and measured where it is read: every list that
-- carried it on would copy it.
create or replace temp macro part(role, text) as
    struct_pack(role := role, is_system := is_system(role), text_hash := keyed(text), chars := chars(text))
;

-- A list of chat messages in any dialect (OpenAI, Anthropic, Responses, Gemini), or a plain prompt, as parts;
-- text is all that the model was sent, in whatever JSON it was.
create or replace temp macro message_parts(messages) as
    case
        when starts_with(ltrim(left(messages, 64)), '[')
        then
            coalesce(
                list_transform(
                    try(
                        from_json(
                            messages,
                            '[{"role":"VARCHAR","type":"VARCHAR","content":"VARCHAR","parts":"VARCHAR","tool_calls":"VARCHAR",
                               "arguments":"VARCHAR","output":"VARCHAR"}]'
                        )
                    ),
                    lambda m: part(
                        coalesce(m.role, m.type),
                        case
                            when m.tool_calls is null
                            then coalesce(m.content, m.parts, m.output, m.arguments, '')
                            else concat(coalesce(m.content, m.parts, m.output, m.arguments, ''), m.tool_calls)
                        end
                    )
                ),
                [part('user', messages)]
            )
        when messages is not null
        then [part('user', messages)]
    end
;

-- The system prompt and the tools, which providers put before every message, then the messages: what a prefix
-- is a prefix of. `system` and `tools` are NULL where the dialect keeps them among the messages.
create or replace temp macro prompt_parts(system, tools, messages) as
    case
        when coalesce(system, tools, messages) is not null and getvariable('content_key') is not null
        then
            list_filter(
                list_concat([part('tools', tools), part('system', system)], message_parts(messages)),
                lambda part: part.text_hash is not null
            )
    end
;

create or replace temp macro chained(hashes) as
    list_slice(
        list_reduce(hashes, lambda before, x: list_append(before, hash(before[-1], x[1])), [cast(0 as ubigint)]),
        2,
        1000000
    )
;

create or replace temp macro summed(sizes) as
    list_slice(
        list_reduce(sizes, lambda before, x: list_append(before, before[-1] + x[1]), [cast(0 as bigint)]), 2, 1000000
    )
;

-- `parts` must be a column of an earlier CTE: a macro copies its argument into each use.
create or replace temp macro system_parts(parts) as
    case when parts is not null then list_filter(parts, lambda p: p.is_system) end
;

create or replace temp macro system_prompt_hash_of(parts) as
    case
        when parts is not null and len(system_parts(parts)) > 0
        then printf('%016x', hash(list_transform(system_parts(parts), lambda p: p.text_hash)))
    end
;

create or replace temp macro system_prompt_chars_of(parts) as
    case when parts is not null then list_sum(list_transform(system_parts(parts), lambda p: p.chars)) end
;

create or replace temp macro input_chars_of(parts) as
    case when parts is not null then list_sum(list_transform(parts, lambda p: p.chars)) end
;

create or replace temp macro prefix_hashes_of(parts) as
    case when len(parts) > 0 then chained(list_transform(parts, lambda p: [hash(p.role, p.text_hash)])) end
;

create or replace temp macro prefix_chars_of(parts) as
    case when len(parts) > 0 then summed(list_transform(parts, lambda p: [p.chars])) end
;

-- The whole prompt is its own longest prefix.
create or replace temp macro prompt_hash_of(parts) as prefix_hashes_of(parts)[-1]
;

create or replace temp macro output_hash_of(output) as keyed(nullif(output, ''))
;

-- The input of an embeddings call: one text, a list of texts, or token ids (one list is one item).
create or replace temp macro embedding_texts(input) as
    case
        when starts_with(ltrim(left(input, 64)), '["') or starts_with(ltrim(left(input, 64)), '[[')
        then coalesce(try(from_json(input, '["VARCHAR"]')), [input])
        when input is not null
        then [input]
    end
;

create or replace temp macro hashed(texts) as
    case when getvariable('content_key') is not null then list_transform(texts, lambda item: keyed(item)) end
;

create or replace temp macro sized(texts) as
    case when getvariable('content_key') is not null then list_transform(texts, lambda item: chars(item)) end
;
