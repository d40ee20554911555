-- Codex CLI ----------------------------------------------------------------------------------------------
create or replace temp macro codex_counts(usage) as
    case
        when usage.input_tokens is not null
        then
            struct_pack(
                input := tokens(usage.input_tokens),
                cache_read := tokens(usage.cached_input_tokens),
                cache_write := tokens(usage.cache_write_input_tokens),
                output := tokens(usage.output_tokens),
                reasoning := tokens(usage.reasoning_output_tokens),
                total := tokens(usage.total_tokens)
            )
    end
;

-- What was counted between two running totals; after a smaller one they begin anew.
create or replace temp macro codex_difference(totals, before) as
    case
        when before is null or before.input > totals.input
        then totals
        else
            struct_pack(
                input := totals.input - before.input,
                cache_read := totals.cache_read - coalesce(before.cache_read, 0),
                cache_write := totals.cache_write - coalesce(before.cache_write, 0),
                output := totals.output - before.output,
                reasoning := totals.reasoning - coalesce(before.reasoning, 0),
                total := totals.total - before.total
            )
    end
;
