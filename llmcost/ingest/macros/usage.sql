-- What reported counts mean, decided once for all formats and per row: "input" holds the cache or not,
-- "output"
-- holds the reasoning or not. Each count is a BIGINT or NULL (not reported).
-- input, output, total: as reported      cache_read, cache_write, reasoning: parts or neighbours of them
-- uncached: the input without any cache, where the emitter says it apart (text_tokens, noCacheTokens, misses)
-- tool_use: input of the provider's own tools, which only Gemini's total holds beside the prompt
-- input_basis: the format's habit: inclusive | exclusive | writes_outside | unknown
-- output_basis: inclusive | exclusive (reasoning stands beside the output)
-- Gives input_tokens (cache included), output_tokens (reasoning included), basis (what held for the input)
-- and
-- evidence: default | uncached | lower_bound | total_identity | ambiguous.
create or replace temp macro cache_tokens(cache_read, cache_write) as coalesce(cache_read, 0) + coalesce(cache_write, 0)
;

-- The basis that the row itself proves, or NULL.
create or replace temp macro proven_basis(input, cache_read, cache_write) as
    case
        when cache_tokens(cache_read, cache_write) <= input then null
        when coalesce(cache_read, 0) <= input then 'writes_outside'
        else 'exclusive'
    end
;

create or replace temp macro outside_tokens(basis, cache_read, cache_write) as
    case basis
        when 'exclusive' then cache_tokens(cache_read, cache_write)
        when 'writes_outside' then coalesce(cache_write, 0)
        else 0
    end
;

-- What a reported total says of the input: the basis whose sum it is, or NULL where it fits none or all the
-- same.
create or replace temp macro total_basis(total, input, output_all, cache_read, cache_write) as
    case
        when cache_tokens(cache_read, cache_write) = 0 then null
        when total = input + output_all then 'inclusive'
        when total = input + output_all + cache_tokens(cache_read, cache_write) then 'exclusive'
        when coalesce(cache_write, 0) > 0 and total = input + output_all + cache_write then 'writes_outside'
    end
;

create or replace temp macro reasoning_outside(
    input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis
) as
    case
        when coalesce(reasoning, 0) = 0 then 0
        when reasoning > output then reasoning
        when total = input + output then 0
        when total = input + output + reasoning then reasoning
        when total = input + output + reasoning + coalesce(tool_use, 0) then reasoning
        when total = input + output + reasoning + cache_tokens(cache_read, cache_write) then reasoning
        when total = input + output + cache_tokens(cache_read, cache_write) then 0
        when output_basis = 'exclusive' then reasoning
        else 0
    end
;

create or replace temp macro usage_basis_of(
    input, output_all, cache_read, cache_write, total, uncached, tool_use, input_basis
) as
    case
        when cache_tokens(cache_read, cache_write) = 0
        then struct_pack(basis := case when input_basis = 'unknown' then 'inclusive' else input_basis end, evidence := 'default')
        when uncached is not null and input is not null
        then
            struct_pack(
                basis := case
                    when input = uncached + cache_tokens(cache_read, cache_write)
                    then 'inclusive'
                    when input = uncached + coalesce(cache_read, 0)
                    then 'writes_outside'
                    else 'exclusive'
                end,
                evidence := 'uncached'
            )
        when proven_basis(input, cache_read, cache_write) is not null
        then
            struct_pack(
                basis := case
                    when input_basis = 'exclusive' then 'exclusive' else proven_basis(input, cache_read, cache_write)
                end,
                evidence := case when input_basis = 'exclusive' then 'default' else 'lower_bound' end
            )
        when total_basis(total - coalesce(tool_use, 0), input, output_all, cache_read, cache_write) is not null
        then
            struct_pack(
                basis := total_basis(total - coalesce(tool_use, 0), input, output_all, cache_read, cache_write),
                evidence := 'total_identity'
            )
        when input_basis = 'unknown'
        then struct_pack(basis := 'inclusive', evidence := 'ambiguous')
        when total is not null
        then struct_pack(basis := input_basis, evidence := 'ambiguous')
        else struct_pack(basis := input_basis, evidence := 'default')
    end
;

create or replace temp macro resolved_usage(found, input, output_all, cache_read, cache_write, uncached, tool_use) as
    struct_pack(
        input_tokens := case
            when found.evidence = 'uncached'
            then uncached + cache_tokens(cache_read, cache_write)
            else input + outside_tokens(found.basis, cache_read, cache_write)
        end + coalesce(tool_use, 0),
        output_tokens := output_all,
        basis := found.basis,
        evidence := found.evidence
    )
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
    resolved_usage(
        usage_basis_of(
            input,
            output
            + reasoning_outside(input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis),
            cache_read,
            cache_write,
            total,
            uncached,
            tool_use,
            input_basis
        ),
        input,
        output + reasoning_outside(input, output, reasoning, total, cache_read, cache_write, tool_use, output_basis),
        cache_read,
        cache_write,
        uncached,
        tool_use
    )
;
