-- The attributes of a span, as every convention reads them -------------------------------------------------
-- When the first of an answer came, of the events of a span that are dicts.
create or replace temp macro otel_first_chunk(events) as
    list_filter(
        events,
        lambda e: e.name in ('First Token Stream Event', 'ai.stream.firstChunk', 'gen_ai.content.completion.chunk')
    )[1].timestamp
;

create or replace temp macro otel_raised(events) as list_filter(events, lambda e: e.name = 'exception')[1].attributes
;

create or replace temp macro otel_version_is_before(version, major, minor) as
    [try_cast(split_part(version, '.', 1) as integer), try_cast(split_part(version, '.', 2) as integer)] < [major, minor]
;

-- A time that may be missing or 0: a span that was never ended.
create or replace temp macro otel_end(x) as
    coalesce(
        make_timestamp(cast(epoch_microseconds(nullif(try_cast(x as double), 0)) as bigint)),
        try_cast(x as timestamptz) at time zone 'UTC'
    )
;

-- Messages that lie in numbered attributes, `prefix`N.message.role or `prefix`N.role and what goes with them.
create or replace temp macro otel_texts(a, prefix) as
    list_aggregate(
        list_transform(
            list_filter(map_entries(a), lambda e: starts_with(e.key, prefix) and not regexp_matches(e.key, '[.](role|finish_reason)$')),
            lambda e: e.value
        ),
        'string_agg',
        chr(31)
    )
;

create or replace temp macro otel_numbered(a, prefix) as
    list_transform(
        range(len(list_filter(map_keys(a), lambda k: starts_with(k, prefix) and ends_with(k, '.role')))),
        lambda i: part(
            coalesce(a[concat(prefix, i, '.message.role')], a[concat(prefix, i, '.role')]),
            coalesce(otel_texts(a, concat(prefix, i, '.')), '')
        )
    )
;

-- The values of the attributes whose names begin and end so.
create or replace temp macro otel_values(a, prefix, suffix) as
    nullif(
        list_transform(
            list_filter(map_entries(a), lambda e: starts_with(e.key, prefix) and ends_with(e.key, suffix)), lambda e: e.value
        ),
        []
    )
;
