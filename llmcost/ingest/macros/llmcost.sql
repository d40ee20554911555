-- llmcost's own format, which people write by hand or map their fields to ---------------------------------
-- A count as spreadsheets write it: 12,345.
create or replace temp macro ungrouped(x) as
    case when regexp_full_match(x, '\d{1,3}(,\d{3})+') then replace(x, ',', '') else x end
;

-- An amount of USD as people write it: $1,234.50, 0,00021.
create or replace temp macro amount(x) as
    try_cast(
        case
            when contains(x, '.') or regexp_full_match(ltrim(x, '$ '), '[1-9]\d{0,2}(,\d{3})+')
            then replace(ltrim(x, '$ '), ',', '')
            else replace(ltrim(x, '$ '), ',', '.')
        end as double
    )
;

-- 499: the client hung up
create or replace temp macro outcome_of_code(code) as
    case when code = 499 then 'cancelled' when code >= 400 or code < 100 then 'error' when code is not null then 'ok' end
;

-- Words that gateways use for an outcome, or the HTTP code in its place; NULL for any other word.
create or replace temp macro named_outcome(x) as
    case
        when lower(x) in ('ok', 'success', 'succeeded', 'completed', 'true')
        then 'ok'
        when lower(x) in ('error', 'failed', 'failure', 'timeout', 'false')
        then 'error'
        when lower(x) in ('cancelled', 'canceled', 'aborted')
        then 'cancelled'
        else outcome_of_code(try_cast(x as smallint))
    end
;

-- What is not said to be the provider's own count is an estimate, which is kept and never priced.
create or replace temp macro said_source(x) as
    case
        when x <> '' and lower(x) in ('provider', 'missing')
        then lower(x)
        when x <> ''
        then 'gateway_estimate'
        else 'provider'
    end
;

create or replace temp macro said_basis(x) as
    case
        when lower(x) in ('inclusive', 'exclusive', 'writes_outside')
        then lower(x)
        when x <> ''
        then 'unknown'
        else 'inclusive'
    end
;
