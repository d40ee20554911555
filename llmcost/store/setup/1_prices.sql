-- What reading commands see. Prices come from the present book, so these live in the connection,
-- not in the store.
create temp type if not exists price_status as enum (
    'priced',
    'provisioned',
    'gateway cache',
    'no usage',
    'usage missing',
    'bad usage',
    'impossible count',
    'unknown provider',
    'unknown model',
    'no price for context',
    'no price for date',
    'no rate for a token kind',
    'no price for searches',
    'no price for file searches',
    'no price for X searches',
    'no price for code containers',
    'no price for map searches',
    'no price for search sources',
    'no price for pages',
    'no price for images',
    'no price for seconds',
    'not asked for'
);

-- Rates as whole numbers, 0 where one is missing.
create temp type if not exists whole_rates as struct(
    input hugeint,
    output hugeint,
    cache_read hugeint,
    cache_write hugeint,
    cache_write_1h hugeint,
    reasoning hugeint,
    input_audio hugeint,
    output_audio hugeint,
    input_image hugeint,
    output_image hugeint,
    cache_read_audio hugeint,
    cache_read_image hugeint,
    web_search hugeint,  -- a search
    file_search hugeint,
    x_search hugeint,
    code_interpreter hugeint,
    map_search hugeint,
    search_source hugeint,
    page hugeint,
    image hugeint,
    second hugeint,
    request hugeint  -- a request
);

create or replace temp table prices (
    rule_id integer,
    context varchar,
    valid_from timestamp,
    valid_to timestamp,
    tier_over bigint,
    tier_up_to bigint,
    days utinyint,  -- 1 is Monday, 2 Tuesday .. 64 Sunday; 127 every day
    minute_from smallint,  -- of the day in UTC
    minute_to smallint,
    input decimal(17, 9),  -- this and every rate below: USD per 1,000,000 tokens
    output decimal(17, 9),
    cache_read decimal(17, 9),
    cache_write decimal(17, 9),
    cache_write_1h decimal(17, 9),
    reasoning decimal(17, 9),
    input_audio decimal(17, 9),
    output_audio decimal(17, 9),
    input_image decimal(17, 9),
    output_image decimal(17, 9),
    cache_read_audio decimal(17, 9),
    cache_read_image decimal(17, 9),
    web_search decimal(17, 9),  -- USD per search
    file_search decimal(17, 9),  -- USD per call
    x_search decimal(17, 9),  -- USD per call
    code_interpreter decimal(17, 9),  -- USD per call
    map_search decimal(17, 9),  -- this and those below: USD per unit
    search_source decimal(17, 9),
    page decimal(17, 9),
    image decimal(17, 9),
    second decimal(17, 9),
    request decimal(17, 9),  -- USD per request
    multiplier decimal(8, 6),  -- the contract's factor on the list price
    assumed varchar,  -- rates that the book does not name and that were taken from their neighbour
    is_always boolean,  -- at every hour of every day
    is_whole boolean,  -- no rate per token is missing
    list_rates whole_rates,  -- of 10^-15 USD a token
    paid_rates whole_rates,  -- under the contract, of 10^-21 USD a token
    named_rates whole_rates,  -- those of list_rates that the book names
    price_no integer
);

-- One row per name and service level in the store, resolved against the book once.
create or replace temp table resolved as
select
    *,
    cast(null as integer) as rule_id,
    cast(null as varchar) as model,
    cast(null as varchar) as provider,
    cast(null as varchar) as context,
    cast(null as varchar) as how,
    cast(null as price_status) as price_status
from names
limit 0
;

-- Sums are made in whole numbers: of 10^-15 USD at list prices, of 10^-21 USD under a contract.
-- Both hold every digit.
create or replace temp macro usd_of_list_units(units) as
    cast(cast(units as decimal(38, 0)) * cast(0.000000000000001 as decimal(15, 15)) as decimal(38, 15))
;

create or replace temp macro usd_of_contract_units(units) as
    cast(cast(units as decimal(38, 0)) * cast(0.000000000000000000001 as decimal(21, 21)) as decimal(38, 21))
;

create or replace temp macro is_in_hours(moment, days, minute_from, minute_to) as
    ((days >> (isodow(moment) - 1)) & 1) = 1
    and hour(moment) * 60 + minute(moment) >= minute_from
    and hour(moment) * 60 + minute(moment) < minute_to
;

create or replace temp macro assumes(assumed, rate) as contains(concat(',', assumed, ','), concat(',', rate, ','))
;
