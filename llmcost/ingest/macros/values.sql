-- What every format says the same way. A value that is not what it must be raises: the batch is then read
-- line by line, where the line is named and rejected (sieve.py knows the same kinds).
-- 12.0 is a count, 12.5 is none. `x` is written thrice and no more: each use is a copy of what makes it.
create or replace temp macro tokens(x) as
    cast(
        cast(case when contains(x, '.') then replace(regexp_replace(x, '\.0*$', ''), '.', 'not whole') else x end as ubigint)
        as bigint
    )
;

create or replace temp macro flag(x) as
    case lower(x)
        when 'true' then true
        when 'false' then false
        when '' then null
        when 'none' then null
        else case when x is not null then error('neither true nor false') end
    end
;

-- A time is seconds, milli-, micro- or nanoseconds since 1970, which their size tells apart, or ISO 8601. One
-- without a zone is of the session's zone: UTC, or what --tz says.
create or replace temp macro epoch_microseconds(x) as
    case
        when x = 0
        then null
        when x < 1e11
        then x * 1e6
        when x < 1e14
        then x * 1e3
        when x < 1e17
        then x
        else x / 1e3
    end
;

-- Outside 2015..2100 it is not a log's time: then one of the differences is negative, which is no ubigint. It
-- is written with `us` once, since each use is a copy of what makes it.
create or replace temp macro plausible(us) as
    epoch_us(timestamp '2099-12-31 23:59:59.999999') - cast(
        cast(
            epoch_us(timestamp '2099-12-31 23:59:59.999999')
            - epoch_us(timestamp '2015-01-01')
            - cast(cast(us - epoch_us(timestamp '2015-01-01') as ubigint) as bigint)
            as ubigint
        )
        as bigint
    )
;

create or replace temp macro utc(x) as
    make_timestamp(
        plausible(
            coalesce(
                cast(epoch_microseconds(try_cast(x as double)) as bigint),
                -- decided before any row: else each number would be written as text too
                case
                    when typeof(x) <> 'DOUBLE'
                    then
                        epoch_us(
                            cast(
                                case
                                    when cast(x as varchar) not in ('', '0', '0.0') then cast(x as varchar)
                                end as timestamptz
                            )
                        )
                end
            )
        )
    )
;

-- A time that stands `ms` milliseconds after another.
create or replace temp macro after_ms(t, ms) as t + to_microseconds(cast(cast(ms as double) * 1000 as bigint))
;

create or replace temp macro required(x, name) as
    case when x is null then error(concat(name, ' is missing')) else x end
;

-- The key of the metadata that names the test case: test_case, or what --case-key says.
create or replace temp macro case_key() as getvariable('case_key')
;

-- A class or code, not a message, which may quote the prompt.
create or replace temp macro label(x) as
    case when regexp_full_match(x, '[\w.:/-]{1,64}') then x when x <> '' then 'other' end
;

-- The same, but what looks like a sentence is left out.
create or replace temp macro code_word(x) as case when regexp_full_match(x, '[\w.:/-]{1,64}') then x end
;

-- The same for OpenTelemetry's attributes, which may be a little longer.
create or replace temp macro otel_word(x) as case when regexp_full_match(x, '[\w.:/$-]{1,80}') then x end
;

create or replace temp macro texts_joined(texts) as nullif(array_to_string(list_filter(texts, lambda x: x <> ''), chr(31)), '')
;

create or replace temp macro total_of(counts) as cast(list_sum(counts) as bigint)
;

-- Tags as a list, as an object, whose pairs become key:value, or as one text.
create or replace temp macro tag_list(x) as
    case
        when starts_with(ltrim(x), '[')
        then try(cast(from_json(x, '["VARCHAR"]') as varchar[]))
        when starts_with(ltrim(x), '{')
        then
            list_transform(
                map_entries(try(cast(cast(x as json) as map(varchar, varchar)))),
                lambda pair: concat(pair.key, ':', pair.value)
            )
        when x <> ''
        then [x]
    end
;
