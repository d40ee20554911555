-- Anthropic's Messages: bodies, streams and batches ------------------------------------------------------
-- The usage of the message leaves out compaction, advisors and models that failed first: these stand in its
-- iterations, each at its own model's price. So where there are iterations, they are what is counted.
create or replace temp macro anthropic_turns(usage) as
    case
        when len(usage.iterations) > 0
        then usage.iterations
        else
            [
                {
                    model:cast(null as varchar),
                    input_tokens:usage.input_tokens,
                    cache_read_input_tokens:usage.cache_read_input_tokens,
                    cache_creation_input_tokens:usage.cache_creation_input_tokens,
                    cache_creation:usage.cache_creation,
                    output_tokens:usage.output_tokens
                }
            ]
    end
;

create or replace temp macro anthropic_sum(name, turns) as
    struct_pack(
        model := nullif(name, ''),
        input := total_of(list_transform(turns, lambda t: tokens(t.input_tokens))),
        cache_read := total_of(list_transform(turns, lambda t: tokens(t.cache_read_input_tokens))),
        cache_write := total_of(
            list_transform(
                turns,
                lambda t: coalesce(
                    tokens(t.cache_creation_input_tokens),
                    tokens(t.cache_creation.ephemeral_5m_input_tokens)
                    + tokens(t.cache_creation.ephemeral_1h_input_tokens)
                )
            )
        ),
        write_5m := total_of(list_transform(turns, lambda t: tokens(t.cache_creation.ephemeral_5m_input_tokens))),
        write_1h := total_of(list_transform(turns, lambda t: tokens(t.cache_creation.ephemeral_1h_input_tokens))),
        output := total_of(list_transform(turns, lambda t: tokens(t.output_tokens)))
    )
;

-- One struct for each model that had a turn.
create or replace temp macro anthropic_calls(asked, turns) as
    list_transform(
        list_distinct(list_transform(turns, lambda t: coalesce(t.model, asked, ''))),
        lambda name: anthropic_sum(name, list_filter(turns, lambda t: coalesce(t.model, asked, '') = name))
    )
;

-- What holds for the whole message is counted for the model that gave it; another's part has its own name.
create or replace temp macro anthropic_suffix(name, model) as case when name <> model then '#' || name else '' end
;

-- Whose cloud an answer came out of: a message's id says so.
create or replace temp macro anthropic_provider(id) as
    case
        when starts_with(id, 'msg_bdrk_') then 'aws.bedrock'
        when starts_with(id, 'msg_vrtx_') then 'gcp.vertex_ai'
        else 'anthropic'
    end
;

create or replace temp macro anthropic_key(id, name) as hash('anthropic', id, name)
;

create or replace temp macro anthropic_answer(blocks) as
    texts_joined(
        list_transform(
            list_filter(blocks, lambda b: b.type in ('text', 'tool_use')),
            lambda b: coalesce(b.text, concat(b.name, b.input))
        )
    )
;
