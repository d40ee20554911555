-- Azure API Management -------------------------------------------------------------------------------------
-- The data lines of a logged stream; what is cut off inside a line is left out.
create or replace temp macro stream_events(body) as
    list_filter(
        list_transform(
            list_filter(string_split(body, chr(10)), lambda line: starts_with(line, 'data: {')),
            lambda line: try_cast(line[7:] as json)
        ),
        lambda event: event is not null
    )
;

-- The counts of a body or stream: the last ones said, of Anthropic's the first ones below them. A stream
-- that was
-- cut before the last has none.
create or replace temp macro stream_usage(events) as
    json_merge_patch(
        coalesce(list_filter(list_transform(events, lambda e: e -> '$.message.usage'), lambda u: u is not null)[1], '{}'),
        list_filter(
            list_transform(events, lambda e: coalesce(e -> '$.usage', e -> '$.response.usage')),
            lambda u: json_type(u) = 'OBJECT'
        )[-1]
    )
;

-- A property, which Azure writes small in storage and large in tables.
create or replace temp macro property(properties, name) as
    coalesce(
        json_extract_string(properties, '$.' || name),
        json_extract_string(properties, '$.' || upper(name[1]) || name[2:])
    )
;

-- GatewayLlmLogs has several rows per call: 0 has the counts, 1 the question, 2 and more the answer.
create or replace temp macro is_llm_message(sequence_number, deployment) as
    coalesce(tokens(nullif(sequence_number, '')), case when coalesce(deployment, '') = '' then 1 else 0 end) > 0
;
