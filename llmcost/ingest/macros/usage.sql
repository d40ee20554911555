-- What reported counts mean, decided once for all formats and per row: whether "input" holds the cache, and
-- whether "output" holds the reasoning. Each count is a BIGINT or NULL (not reported).
-- input, output, total: as reported      cache_read, cache_write, reasoning: parts or neighbours of them
-- uncached: the input without any cache, where the emitter says it apart (text_tokens, noCacheTokens, misses)
-- tool_use: input of the provider's own tools, which only Gemini's total holds beside the prompt
-- input_basis: the format's habit, which holds where a total or `uncached` does not tell
-- inclusive: the input holds what was read from a cache and written to it
-- always_inclusive: so it is whatever a total says
-- exclusive: both stand beside it; writes_outside: it holds reads, and writes stand beside it
-- unknown: taken as inclusive, and ambiguous where nothing tells
-- output_basis: inclusive | exclusive (reasoning stands beside the output)
-- Gives input_tokens (cache included), output_tokens (reasoning included), basis (what held for the input),
-- and evidence: default | uncached | lower_bound | total_identity | ambiguous.
-- A macro is its text: each use of an argument stands for a copy of what was passed. So pass columns of an
-- earlier CTE, not expressions, or planning takes seconds.
create or replace temp macro cache_tokens(cache_read, cache_write) as coalesce(cache_read, 0) + coalesce(cache_write, 0)
;

-- How much reasoning stands beside the reported output; a total says so, where there is one.
create or replace temp macro reasoning_outside(input, output, reasoning, total, cached, tool_use, output_basis) as
    case
        when coalesce(reasoning, 0) = 0
        then 0
        when reasoning > output
        then reasoning
        when total - input - output in (reasoning, reasoning + coalesce(tool_use, 0), reasoning + cached)
        then reasoning
        when total - input - output in (0, cached)
        then 0
        when output_basis = 'exclusive'
        then reasoning
        else 0
    end
;

create or replace temp macro usual_basis(input_basis) as
    case when input_basis in ('unknown', 'always_inclusive') then 'inclusive' else input_basis end
;

create or replace temp macro read_as(input_tokens, basis, evidence) as
    struct_pack(input_tokens := input_tokens, basis := basis, evidence := evidence)
;

-- The whole input and how it was read. `left_over` of the reported total, beside input and output, says where
-- the cache stands.
create or replace temp macro input_read(
    input, cache_read, cache_write, cached, left_over, uncached, tool_use, input_basis
) as
    case
        when cached = 0
        then read_as(input + tool_use, usual_basis(input_basis), 'default')
        when input_basis = 'always_inclusive'
        then read_as(coalesce(case when input is not null then uncached + cached end, input) + tool_use, 'inclusive', 'default')
        when uncached is not null and input is not null
        then
            read_as(
                uncached + cached + tool_use,
                case input - uncached when cached then 'inclusive' when coalesce(cache_read, 0) then 'writes_outside' else 'exclusive' end,
                'uncached'
            )
        when input < cached
        then
            case
                when input_basis = 'exclusive'
                then read_as(input + cached + tool_use, 'exclusive', 'default')
                when left_over is distinct from cached and input >= coalesce(cache_read, 0)
                then read_as(input + coalesce(cache_write, 0) + tool_use, 'writes_outside', 'lower_bound')
                else read_as(input + cached + tool_use, 'exclusive', 'lower_bound')
            end
        else
            case left_over
                when 0
                then read_as(input + tool_use, 'inclusive', 'total_identity')
                when cached
                then read_as(input + cached + tool_use, 'exclusive', 'total_identity')
                when cache_write
                then read_as(input + coalesce(cache_write, 0) + tool_use, 'writes_outside', 'total_identity')
                else
                    read_as(
                        input + case input_basis when 'exclusive' then cached when 'writes_outside' then coalesce(cache_write, 0) else 0 end + tool_use,
                        usual_basis(input_basis),
                        case when left_over is not null or input_basis = 'unknown' then 'ambiguous' else 'default' end
                    )
            end
    end
;

-- Whether counts tell what was used: an answer has an input, and an output without one is not
-- understood. Where both are 0 there was nothing to pay.
create or replace temp macro is_counted(used) as
    used.input_tokens > 0 or (used.input_tokens = 0 and used.output_tokens = 0)
;

-- The image tokens of the input. Where it is not known how many of them were cached, they can be among the
-- cached ones. If they cannot all stand beside those they would be paid twice; then they count as text.
create or replace temp macro image_part(image, cached_image, audio, cached_audio, input, cache_read, cache_write) as
    case
        when
            cached_image is not null
            or image + coalesce(audio, 0) - coalesce(cached_audio, 0) + cache_tokens(cache_read, cache_write) <= input
        then image
    end
;

-- What a modality has of the cached tokens, where that fits into both; otherwise it is not known.
create or replace temp macro cached_part(cached, whole, cache_read) as
    case when cached <= whole and cached <= cache_read then cached end
;

create or replace temp macro resolve_usage(
    input,
    output,
    cache_read := cast(null as bigint),
    cache_write := cast(null as bigint),
    reasoning := cast(null as bigint),
    total := cast(null as bigint),
    uncached := cast(null as bigint),
    tool_use := cast(null as bigint),
    input_basis := 'inclusive',
    output_basis := 'inclusive'
) as
    struct_insert(
        input_read(
            input,
            cache_read,
            cache_write,
            cache_tokens(cache_read, cache_write),
            total - coalesce(tool_use, 0) - input - output
            - reasoning_outside(input, output, reasoning, total, cache_tokens(cache_read, cache_write), tool_use, output_basis),
            uncached,
            coalesce(tool_use, 0),
            input_basis
        ),
        output_tokens := output
        + reasoning_outside(input, output, reasoning, total, cache_tokens(cache_read, cache_write), tool_use, output_basis)
    )
;

-- Searches that are paid for: up to Gemini 2.5 a prompt that was grounded, however often; else each query.
create or replace temp macro paid_searches(model, queries) as
    case when queries > 0 then case when regexp_matches(model, '(^|/)gemini-[12][.-]') then 1 else queries end end
;

-- Gemini's thoughts, where they are not counted by themselves: what a total has beside its parts.
create or replace temp macro thoughts_of(model, reasoning, input, output, total, cached) as
    coalesce(
        reasoning,
        case
            when total > input + output and total - input - output <> cached and regexp_matches(model, '(^|/)gemini-')
            then total - input - output
        end
    )
;
