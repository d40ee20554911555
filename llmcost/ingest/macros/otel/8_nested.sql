-- Which spans are one call: a gateway, a framework and a client may each trace it --------------------------
create or replace temp macro bare_model(model) as lower(split_part(model, '/', -1))
;

-- "gpt-4o" and "openai/gpt-4o-2024-08-06" may be one call's request and answer.
create or replace temp macro is_alike(one, other) as
    coalesce(
        starts_with(bare_model(one), bare_model(other)) or starts_with(bare_model(other), bare_model(one)), true
    )
;

-- Is the inner of two nested calls what the outer is a trace of?
create or replace temp macro is_same_call(outer_call, inner_call) as
    case
        when outer_call.response_id is not null and inner_call.response_id is not null
        then outer_call.response_id = inner_call.response_id
        when outer_call.input is null
        then false
        when inner_call.input is null
        then outer_call.status = inner_call.status and is_alike(outer_call.model, inner_call.model)
        when outer_call.input = inner_call.input and outer_call.output = inner_call.output
        then true
        else
            is_alike(outer_call.model, inner_call.model)
            and coalesce(outer_call.input = inner_call.input or outer_call.output = inner_call.output, false)
    end
;

-- The calls of `spans`, which names a CTE of otel_spans: the key of each, its place among the spans of one
-- call, the second of these, and whether it only adds up the calls below it.
create or replace temp macro otel_nested(spans) as table
with recursive
    nodes as materialized (
        select id, any_value(parent) as parent, bool_or(operation is not null) as is_call from query_table(spans) group by id
    ),
    calls as materialized (
        select
            id,
            any_value(
                struct_pack(
                    response_id := call.response_id,
                    client_id := call.client_id,
                    model := coalesce(call.response_model, call.request_model),
                    input := nullif(call.used.input_tokens, 0),
                    output := call.used.output_tokens,
                    status := call.status
                )
            ) as call,
            min(call.started_at) as started_at,
            max(coalesce(ended_at, call.started_at)) as ended_at
        from query_table(spans)
        where operation is not null
        group by id
    ),
    -- from every call up through its ancestors; a loop, which only a broken log has, ends after 64
    climbs as (
        select id, parent as up, cast(null as ubigint) as ancestor, false as is_call, 0 as steps from nodes where is_call
        union all
        select climbs.id, nodes.parent, nodes.id, nodes.is_call, climbs.steps + 1
        from climbs
        join nodes on climbs.up = nodes.id
        where climbs.steps < 64
    ),
    nested as (
        select
            climbs.id,
            climbs.ancestor,
            climbs.steps,
            outers.call as outer_call,
            inners.call as inner_call,
            outers.started_at as outer_started_at,
            is_same_call(outers.call, inners.call) as is_same
        from climbs
        join calls as outers on climbs.ancestor = outers.id
        join calls as inners on climbs.id = inners.id
        where climbs.is_call and climbs.id <> climbs.ancestor
    ),
    roots as (
        select
            id,
            arg_max(ancestor, steps) filter (is_same) as root,
            max(outer_started_at) as outer_started_at,
            count(*) as depth
        from nested
        group by id
    ),
    -- a call whose usage is missing or the sum of the calls below it is counted there
    parents as (
        select nested.ancestor as id
        from nested
        join roots on nested.id = roots.id
        where
            roots.root is null
            and (nested.outer_call.response_id is null or nested.inner_call.response_id is null)
        group by nested.ancestor
        having
            (
                any_value(nested.outer_call.input) is null
                and bool_or(nested.inner_call.status in ('ok', nested.outer_call.status))
            )
            or any_value(nested.outer_call.input) = sum(nested.inner_call.input)
            or any_value(nested.outer_call.output) = sum(nested.inner_call.output)
    ),
    -- an answer's id that comes twice is one call at one time; later it is another, as a cache repeats it
    answers as (
        select
            id,
            started_at,
            call.response_id as response_id,
            coalesce(
                started_at > max(ended_at) over (
                    partition by call.response_id
                    order by started_at, id
                    rows between unbounded preceding and 1 preceding
                ),
                false
            ) as is_later
        from calls
        where call.response_id is not null
    ),
    turns as (
        select
            *, count(*) filter (is_later) over (partition by response_id order by started_at, id rows unbounded preceding) as turn
        from answers
    ),
    keys as (
        select
            id,
            case
                when turn = 0
                then hash('otel', response_id)
                else hash('otel', response_id, epoch_us(min(started_at) over (partition by response_id, turn)))
            end as answer_key
        from turns
    ),
    grouped as (
        select
            calls.*,
            parents.id is not null as is_parent,
            -- nothing begins before what it is in, whatever its clock says
            greatest(calls.started_at, roots.outer_started_at) as begun_at,
            coalesce(roots.depth, 0) as depth,
            coalesce(
                case when calls.call.client_id is not null then hash('claude_code', calls.call.client_id) end,
                max(keys.answer_key) over (partition by coalesce(roots.root, calls.id)),
                hash('otel', coalesce(roots.root, calls.id))
            ) as dedupe_key
        from calls
        left join roots on calls.id = roots.id
        left join parents on calls.id = parents.id
        left join keys on calls.id = keys.id
    ),
    -- of the spans of one call the innermost that has its usage is nearest to the provider
    ranked as (
        select
            id,
            is_parent,
            dedupe_key,
            row_number() over spans_of_call as place,
            lead(id) over spans_of_call as second
        from grouped
        window
            spans_of_call as (
                partition by dedupe_key
                order by is_parent, call.input is null, call.output is null, begun_at desc, depth desc, ended_at, id
            )
    )
select id, is_parent, dedupe_key, place, second
from ranked
;
