-- What the book says of waste, for the names in this store; in the connection, as the prices are. Times are
-- microseconds since 1970 in UTC, the second of a pair exclusive. No two rows of one key share a moment.
-- Failed requests that are not billed, although their usage may be logged.
create or replace temp table unbilled_statuses (
    provider varchar,
    http_status_code smallint,
    valid_from_us bigint,
    valid_to_us bigint
);

-- How prompts of a model can be cached: one row per (provider, model, policy, period).
create or replace temp table cache_rules (
    provider varchar,
    model varchar,
    policy varchar,
    ttl_us bigint,
    min_tokens bigint,
    step_tokens bigint,
    write_rate varchar,  -- the rate of the book at which a prefix is written
    low_hit_share decimal(5, 4),  -- of the hits that a simulation finds
    hit_share decimal(5, 4),
    high_hit_share decimal(5, 4),
    valid_from_us bigint,
    valid_to_us bigint
);

-- The names of `resolved` that have a substitute, resolved to it; for requests_priced_as().
create or replace temp table smaller_names as
from resolved
limit 0
;

create or replace temp table successor_names as
from resolved
limit 0
;

-- Since when a model has had its successor.
create or replace temp table successor_days (
    provider varchar,
    model varchar,
    from_us bigint
);
