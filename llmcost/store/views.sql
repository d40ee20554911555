-- What reading commands see. Prices come from the book at hand, so these live in the connection, not in the
-- store.
create temp type if not exists price_status as enum (
    'priced',
    'provisioned',
    'gateway cache',
    'no usage',
    'usage missing',
    'bad usage',
    'unknown provider',
    'unknown model',
    'no price for context',
    'no price for date',
    'no rate for a token kind',
    'no price for searches',
    'not asked for'
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
    request decimal(17, 9),  -- USD per request
    multiplier decimal(10, 9),  -- the contract's factor on the list price
    assumed varchar,  -- rates that the book does not name and that were taken from their neighbour
    is_always boolean,  -- at every hour of every day
    is_whole boolean,  -- no rate per token is missing
    -- the same rates as whole numbers, 0 where one is missing: of 10^-15 USD a token at list prices,
    list_input hugeint,
    list_output hugeint,
    list_cache_read hugeint,
    list_cache_write hugeint,
    list_cache_write_1h hugeint,
    list_reasoning hugeint,
    list_input_audio hugeint,
    list_output_audio hugeint,
    list_input_image hugeint,
    list_output_image hugeint,
    list_cache_read_audio hugeint,
    list_cache_read_image hugeint,
    list_web_search hugeint,
    list_request hugeint,
    -- and of 10^-21 USD a token under the contract
    paid_input hugeint,
    paid_output hugeint,
    paid_cache_read hugeint,
    paid_cache_write hugeint,
    paid_cache_write_1h hugeint,
    paid_reasoning hugeint,
    paid_input_audio hugeint,
    paid_output_audio hugeint,
    paid_input_image hugeint,
    paid_output_image hugeint,
    paid_cache_read_audio hugeint,
    paid_cache_read_image hugeint,
    paid_web_search hugeint,
    paid_request hugeint
);

-- One row per distinct name and service level in the store, resolved against the book once.
create or replace temp table resolved (
    provider_name varchar,
    model_named varchar,
    deployment_id varchar,
    service_tier varchar,
    is_batch boolean,
    speed varchar,
    inference_geo varchar,
    search_context_size varchar,
    rule_id integer,
    model varchar,
    provider varchar,
    context varchar,
    how varchar,
    price_status price_status
);

-- Sums are made in whole numbers: of 10^-15 USD at list prices, of 10^-21 USD under a contract. Both hold
-- every digit.
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

create or replace temp macro micro_usd(tokens, rate) as
    case
        when coalesce(tokens, 0) = 0
        then cast(0 as decimal(30, 9))
        else cast(cast(tokens as decimal(12, 0)) * rate as decimal(30, 9))
    end
;

create or replace temp macro assumes(assumed, rate) as contains(concat(',', assumed, ','), concat(',', rate, ','))
;

create or replace temp macro usd(quantity, rate) as
    case
        when coalesce(quantity, 0) = 0
        then cast(0 as decimal(38, 15))
        else cast(cast(quantity as decimal(12, 0)) * rate as decimal(38, 15))
    end
;

-- Every token stands in exactly one leaf, so nothing is paid twice.
create or replace temp view leaves as
with
    parts as (
        select
            * replace (
                -- all attempts and fallbacks of one call of a LiteLLM client share its trace; not stored a
                -- second
                -- time
                coalesce(logical_request_id, case when gateway = 'litellm' then trace_id end, request_id) as logical_request_id
            ),
            coalesce(response_model, request_model) as model_named,
            input_tokens
            - coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_write_input_tokens, 0)
            - (coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0))
            - (coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0)) as text_input_tokens,
            coalesce(input_audio_tokens, 0) - coalesce(cache_read_audio_tokens, 0) as audio_input_tokens,
            coalesce(input_image_tokens, 0) - coalesce(cache_read_image_tokens, 0) as image_input_tokens,
            coalesce(cache_read_input_tokens, 0)
            - coalesce(cache_read_audio_tokens, 0)
            - coalesce(cache_read_image_tokens, 0) as text_read_tokens,
            coalesce(cache_write_input_tokens, 0) - coalesce(cache_write_1h_input_tokens, 0) as short_write_tokens,
            output_tokens
            - coalesce(reasoning_output_tokens, 0)
            - coalesce(output_audio_tokens, 0)
            - coalesce(output_image_tokens, 0) as text_output_tokens
        from requests
    )
select
    *,
    -- what the usage alone says of the cost; judged before the joins, where it is cheaper
    case
            when gateway_cache_hit
            then cast('gateway cache' as price_status)
            when usage_source <> 'provider' or input_tokens is null or output_tokens is null
            then case when status = 'error' and usage_source = 'missing' then cast('no usage' as price_status) else cast('usage missing' as price_status) end
            when
                least(
                    text_input_tokens,
                    text_read_tokens,
                    audio_input_tokens,
                    image_input_tokens,
                    short_write_tokens,
                    text_output_tokens
                )
                < 0
            then cast('bad usage' as price_status)
            else cast('priced' as price_status)
        end as usage_status
from parts
;

-- The list price under a contract; 21 decimals hold every digit of rate x factor.
create or replace temp macro contract_cost(list_cost, multiplier) as
    cast(cast(list_cost as decimal(29, 15)) * cast(coalesce(multiplier, 1) as decimal(8, 6)) as decimal(38, 21))
;

-- THE cost of a request. Tokens times USD per million tokens is exact micro-USD; nothing is divided or
-- rounded.
create or replace temp view priced_requests as
with
    matched as (
        select
            leaves.*,
            resolved.model as book_model,
            resolved.provider as book_provider,
            resolved.price_status as resolution,
            resolved.rule_id,
            resolved.how as price_how,
            prices.rule_id is not null as has_price,
            -- the row of the book that applies; made only where a query asks for it
            struct_pack(
                context := prices.context,
                valid_from := prices.valid_from,
                valid_to := prices.valid_to,
                tier_over := prices.tier_over,
                tier_up_to := prices.tier_up_to,
                days := prices.days,
                minute_from := prices.minute_from,
                minute_to := prices.minute_to,
                is_always := prices.is_always,
                assumed := prices.assumed,
                input := prices.input,
                output := prices.output,
                cache_read := prices.cache_read,
                cache_write := prices.cache_write,
                cache_write_1h := prices.cache_write_1h,
                reasoning := prices.reasoning,
                input_audio := prices.input_audio,
                output_audio := prices.output_audio,
                input_image := prices.input_image,
                output_image := prices.output_image,
                cache_read_audio := prices.cache_read_audio,
                cache_read_image := prices.cache_read_image,
                web_search := prices.web_search,
                request := prices.request
            ) as price,
            prices.multiplier,
            -- a rate that the book does not name matters where there are tokens to pay at it
            (text_read_tokens > 0 and assumes(prices.assumed, 'cache_read'))
            or (cache_read_audio_tokens > 0 and assumes(prices.assumed, 'cache_read_audio'))
            or (cache_read_image_tokens > 0 and assumes(prices.assumed, 'cache_read_image'))
            or (short_write_tokens > 0 and assumes(prices.assumed, 'cache_write'))
            or (cache_write_1h_input_tokens > 0 and assumes(prices.assumed, 'cache_write_1h'))
            or (audio_input_tokens > 0 and assumes(prices.assumed, 'input_audio'))
            or (image_input_tokens > 0 and assumes(prices.assumed, 'input_image'))
            or (output_audio_tokens > 0 and assumes(prices.assumed, 'output_audio'))
            or (output_image_tokens > 0 and assumes(prices.assumed, 'output_image')) as is_assumed_rate,
            coalesce(prices.list_request, 0) + cast(coalesce(text_input_tokens,0) as hugeint) * prices.list_input + cast(coalesce(text_read_tokens,0) as hugeint) * prices.list_cache_read + cast(coalesce(cache_read_audio_tokens,0) as hugeint) * prices.list_cache_read_audio + cast(coalesce(cache_read_image_tokens,0) as hugeint) * prices.list_cache_read_image + cast(coalesce(short_write_tokens,0) as hugeint) * prices.list_cache_write + cast(coalesce(cache_write_1h_input_tokens,0) as hugeint) * prices.list_cache_write_1h + cast(coalesce(audio_input_tokens,0) as hugeint) * prices.list_input_audio + cast(coalesce(image_input_tokens,0) as hugeint) * prices.list_input_image + cast(coalesce(text_output_tokens,0) as hugeint) * prices.list_output + cast(coalesce(reasoning_output_tokens,0) as hugeint) * prices.list_reasoning + cast(coalesce(output_audio_tokens,0) as hugeint) * prices.list_output_audio + cast(coalesce(output_image_tokens,0) as hugeint) * prices.list_output_image + cast(coalesce(web_search_requests,0) as hugeint) * prices.list_web_search as list_units,
            coalesce(prices.paid_request, 0) + cast(coalesce(text_input_tokens,0) as hugeint) * prices.paid_input + cast(coalesce(text_read_tokens,0) as hugeint) * prices.paid_cache_read + cast(coalesce(cache_read_audio_tokens,0) as hugeint) * prices.paid_cache_read_audio + cast(coalesce(cache_read_image_tokens,0) as hugeint) * prices.paid_cache_read_image + cast(coalesce(short_write_tokens,0) as hugeint) * prices.paid_cache_write + cast(coalesce(cache_write_1h_input_tokens,0) as hugeint) * prices.paid_cache_write_1h + cast(coalesce(audio_input_tokens,0) as hugeint) * prices.paid_input_audio + cast(coalesce(image_input_tokens,0) as hugeint) * prices.paid_input_image + cast(coalesce(text_output_tokens,0) as hugeint) * prices.paid_output + cast(coalesce(reasoning_output_tokens,0) as hugeint) * prices.paid_reasoning + cast(coalesce(output_audio_tokens,0) as hugeint) * prices.paid_output_audio + cast(coalesce(output_image_tokens,0) as hugeint) * prices.paid_output_image + cast(coalesce(web_search_requests,0) as hugeint) * prices.paid_web_search as paid_units,
            not prices.is_whole and ((coalesce(text_input_tokens,0) > 0 and prices.input is null) or (coalesce(text_read_tokens,0) > 0 and prices.cache_read is null) or (coalesce(cache_read_audio_tokens,0) > 0 and prices.cache_read_audio is null) or (coalesce(cache_read_image_tokens,0) > 0 and prices.cache_read_image is null) or (coalesce(short_write_tokens,0) > 0 and prices.cache_write is null) or (coalesce(cache_write_1h_input_tokens,0) > 0 and prices.cache_write_1h is null) or (coalesce(audio_input_tokens,0) > 0 and prices.input_audio is null) or (coalesce(image_input_tokens,0) > 0 and prices.input_image is null) or (coalesce(text_output_tokens,0) > 0 and prices.output is null) or (coalesce(reasoning_output_tokens,0) > 0 and prices.reasoning is null) or (coalesce(output_audio_tokens,0) > 0 and prices.output_audio is null) or (coalesce(output_image_tokens,0) > 0 and prices.output_image is null)) as lacks_rate,
            prices.web_search is null and coalesce(web_search_requests, 0) > 0 as lacks_fee
        from leaves
        left join
            resolved
            on leaves.provider_name is not distinct from resolved.provider_name
            and leaves.model_named is not distinct from resolved.model_named
            and leaves.deployment_id is not distinct from resolved.deployment_id
            and leaves.service_tier is not distinct from resolved.service_tier
            and leaves.is_batch = resolved.is_batch
            and leaves.speed is not distinct from resolved.speed
            and leaves.inference_geo is not distinct from resolved.inference_geo
            and leaves.search_context_size is not distinct from resolved.search_context_size
        left join
            prices
            on resolved.rule_id = prices.rule_id
            and resolved.context = prices.context
            and leaves.started_at >= prices.valid_from
            and leaves.started_at < prices.valid_to
            and coalesce(leaves.input_tokens, 0) > prices.tier_over
            and coalesce(leaves.input_tokens, 0) <= prices.tier_up_to
            and (prices.is_always or is_in_hours(leaves.started_at, prices.days, prices.minute_from, prices.minute_to))
    ),
    judged as (
        select
            *,
            -- which of them holds first; the tests on what is usual stand in front
            case
                    when usage_status <> cast('priced' as price_status)
                    then usage_status
                    when resolution not in (cast('priced' as price_status), cast('provisioned' as price_status)) or (resolution = cast('provisioned' as price_status) and rule_id is null)
                    then resolution
                    when not has_price
                    then cast('no price for date' as price_status)
                    when lacks_rate
                    then cast('no rate for a token kind' as price_status)
                    when lacks_fee
                    then cast('no price for searches' as price_status)
                    else resolution
                end as price_status
        from matched
    )
select
    * exclude (resolution, usage_status, has_price, list_units, paid_units, lacks_rate, lacks_fee),
    usd_of_list_units(list_units) as computed_usd,
    -- answered from the gateway's own cache, or failed without a token: the log shows nothing to pay
    case
        when price_status in (cast('priced' as price_status), cast('provisioned' as price_status))
        then usd_of_list_units(list_units)
        when price_status in (cast('gateway cache' as price_status), cast('no usage' as price_status))
        then cast(0 as decimal(38, 15))
    end as list_cost_usd,
    -- a provisioned deployment is paid by the hour; its list cost is what the request would cost by the token
    case
        when price_status = cast('priced' as price_status)
        then usd_of_contract_units(paid_units)
        when price_status in (cast('provisioned' as price_status), cast('gateway cache' as price_status), cast('no usage' as price_status))
        then cast(0 as decimal(38, 21))
    end as cost_usd
from judged
;

-- A priced request as its parts: one row per meter that counted something. Together they are its cost.
create or replace temp view charges as
with
    metered as (
        select
            *,
            unnest(
                [
                    {meter:'input', quantity:text_input_tokens, rate:price.input},
                    {meter:'cache_read', quantity:text_read_tokens, rate:price.cache_read},
                    {meter:'cache_write', quantity:short_write_tokens, rate:price.cache_write},
                    {meter:'cache_write_1h', quantity:cache_write_1h_input_tokens, rate:price.cache_write_1h},
                    {meter:'input_audio', quantity:audio_input_tokens, rate:price.input_audio},
                    {meter:'cache_read_audio', quantity:cache_read_audio_tokens, rate:price.cache_read_audio},
                    {meter:'input_image', quantity:image_input_tokens, rate:price.input_image},
                    {meter:'cache_read_image', quantity:cache_read_image_tokens, rate:price.cache_read_image},
                    {meter:'output', quantity:text_output_tokens, rate:price.output},
                    {meter:'reasoning', quantity:reasoning_output_tokens, rate:price.reasoning},
                    {meter:'output_audio', quantity:output_audio_tokens, rate:price.output_audio},
                    {meter:'output_image', quantity:output_image_tokens, rate:price.output_image},
                    {meter:'web_search', quantity:web_search_requests, rate:price.web_search},
                    {meter:'request', quantity:case when price.request > 0 then 1 else 0 end, rate:price.request}
                ],
                max_depth := 2
            )
        from priced_requests
        where price_status in ('priced', 'provisioned')
    )
select
    * exclude (list_cost_usd, cost_usd),
    case
        when meter in ('web_search', 'request')
        then usd(quantity, rate)
        else cast(micro_usd(quantity, rate) * cast(0.000001 as decimal(7, 6)) as decimal(38, 15))
    end as list_cost_usd,
    case
        when price_status = 'provisioned'
        then cast(0 as decimal(38, 21))
        when meter in ('web_search', 'request')
        then contract_cost(usd(quantity, rate), multiplier)
        else
            contract_cost(
                cast(micro_usd(quantity, rate) * cast(0.000001 as decimal(7, 6)) as decimal(38, 15)), multiplier
            )
    end as cost_usd
from metered
where quantity > 0
;

-- What `--by` and `--where` may name: these and every column above.
create or replace temp view dimensions as
select
    priced_requests.* exclude (deployment_id, tags, price, rule_id, computed_usd),
    coalesce(book_model, model_named) as model,
    coalesce(book_provider, provider_name) as provider,
    coalesce(api_key_alias, api_key_id) as key,
    coalesce(team_alias, team_id) as team,
    user_id as "user",
    end_user_id as end_user,
    project_id as project,
    organization_id as organization,
    operation_name as operation,
    session_id as session,
    trace_id as trace,
    deployment_id as deployment,
    deployment_id,
    gateway_cache_hit as cache_hit,
    is_stream as stream,
    cast(started_at as date) as day,
    strftime(started_at, '%Y-%m-%dT%H:00Z') as hour,
    strftime(started_at, '%G-W%V') as week,
    strftime(started_at, '%Y-%m') as month,
    files.path as file,
    files.format as format,
    tags
from priced_requests
left join files on priced_requests.file_id = files.file_id
;
