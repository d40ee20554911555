-- What reported counts mean, decided once for all formats and per row: whether "input" holds the cache, and
-- whether "output" holds the reasoning. Each count is a BIGINT or NULL (not reported).
-- input, output, total: as reported      cache_read, cache_write, reasoning: parts or neighbours of them
-- uncached: the input without any cache, where the emitter says it apart (text_tokens, noCacheTokens, misses)
-- tool_use: input of the provider's own tools, which only Gemini's total holds beside the prompt
-- input_basis: the format's habit: inclusive | exclusive | writes_outside | unknown
-- output_basis: inclusive | exclusive (reasoning stands beside the output)
-- Gives input_tokens (cache included), output_tokens (reasoning included), basis (what held for the input),
-- and evidence: default | uncached | lower_bound | total_identity | ambiguous.
-- A macro is its text: each use of an argument stands for a copy of what was passed. So pass columns of an
-- earlier CTE, not expressions, or planning takes seconds.
create or replace temp macro cache_tokens(cache_read, cache_write) as coalesce(cache_read, 0) + coalesce(cache_write, 0)
;

-- How much reasoning stands beside the reported output; a total says so, where there is one.
create or replace temp macro reasoning_outside(
    input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis
) as
    case
        when coalesce(reasoning, 0) = 0
        then 0
        when reasoning > output
        then reasoning
        else
            case total - input - output
                when 0 then 0
                when reasoning then reasoning
                when reasoning + coalesce(tool_use, 0) then reasoning
                when reasoning + cache_tokens(cache_read, cache_write) then reasoning
                when cache_tokens(cache_read, cache_write) then 0
                else case when output_basis = 'exclusive' then reasoning else 0 end
            end
    end
;

-- What is left of a reported total beside input and output says where the cache stands. NULL is for a total
-- that fits no reading.
create or replace temp macro total_basis(left_over, cache_read, cache_write) as
    case left_over
        when 0 then 'inclusive'
        when cache_tokens(cache_read, cache_write) then 'exclusive'
        when cache_write then 'writes_outside'
    end
;

create or replace temp macro usual_basis(input_basis) as
    case when input_basis in ('unknown', 'always_inclusive') then 'inclusive' else input_basis end
;

create or replace temp macro basis_of(input, cache_read, cache_write, left_over, uncached, input_basis) as
    case
        when cache_tokens(cache_read, cache_write) = 0 or input_basis = 'always_inclusive'
        then usual_basis(input_basis)
        when uncached is not null and input is not null
        then
            case input - uncached
                when cache_tokens(cache_read, cache_write) then 'inclusive'
                when coalesce(cache_read, 0) then 'writes_outside'
                else 'exclusive'
            end
        when input < cache_tokens(cache_read, cache_write)
        then
            case
                when input_basis = 'exclusive' or left_over = cache_tokens(cache_read, cache_write)
                then 'exclusive'
                when input >= coalesce(cache_read, 0)
                then 'writes_outside'
                else 'exclusive'
            end
        else coalesce(total_basis(left_over, cache_read, cache_write), usual_basis(input_basis))
    end
;

create or replace temp macro evidence_of(input, cache_read, cache_write, left_over, uncached, input_basis) as
    case
        when cache_tokens(cache_read, cache_write) = 0 or input_basis = 'always_inclusive'
        then 'default'
        when uncached is not null and input is not null
        then 'uncached'
        when input < cache_tokens(cache_read, cache_write)
        then case when input_basis = 'exclusive' then 'default' else 'lower_bound' end
        when total_basis(left_over, cache_read, cache_write) is not null
        then 'total_identity'
        when left_over is not null or input_basis = 'unknown'
        then 'ambiguous'
        else 'default'
    end
;

create or replace temp macro whole_input(input, cache_read, cache_write, uncached, basis) as
    case
        when uncached is not null and input is not null and cache_tokens(cache_read, cache_write) > 0
        then uncached + cache_tokens(cache_read, cache_write)
        else
            input
            + case basis
                when 'exclusive' then cache_tokens(cache_read, cache_write) when 'writes_outside' then coalesce(cache_write, 0) else 0
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
    struct_pack(
        input_tokens := whole_input(
            input,
            cache_read,
            cache_write,
            uncached,
            basis_of(
                input,
                cache_read,
                cache_write,
                total
                - coalesce(tool_use, 0)
                - input
                - output
                - reasoning_outside(
                    input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis
                ),
                uncached,
                input_basis
            )
        )
        + coalesce(tool_use, 0),
        output_tokens := output
        + reasoning_outside(input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis),
        basis := basis_of(
            input,
            cache_read,
            cache_write,
            total
            - coalesce(tool_use, 0)
            - input
            - output
            - reasoning_outside(
                input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis
            ),
            uncached,
            input_basis
        ),
        evidence := evidence_of(
            input,
            cache_read,
            cache_write,
            total
            - coalesce(tool_use, 0)
            - input
            - output
            - reasoning_outside(
                input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis
            ),
            uncached,
            input_basis
        )
    )
;
