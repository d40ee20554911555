/*
title: Fields
answers: Which fields do these logs fill, and for how many requests?
*/
with
    filled as (
        select
            count(*) as requests,
            unnest(
                [
                    struct_pack(subject := 'model', filled := count(model), note := 'price, --by model'),
                    struct_pack(
                        subject := 'provider', filled := count(provider), note := 'price, --by provider'
                    ),
                    struct_pack(subject := 'input_tokens', filled := count(input_tokens), note := 'cost'),
                    struct_pack(subject := 'output_tokens', filled := count(output_tokens), note := 'cost'),
                    struct_pack(
                        subject := 'cache_read_input_tokens',
                        filled := count(cache_read_input_tokens),
                        note := 'cost, cache hit rate'
                    ),
                    struct_pack(
                        subject := 'reasoning_output_tokens',
                        filled := count(reasoning_output_tokens),
                        note := 'efficiency'
                    ),
                    struct_pack(subject := 'ended_at', filled := count(ended_at), note := 'latency'),
                    struct_pack(
                        subject := 'first_token_at',
                        filled := count(first_token_at),
                        note := 'time to first token'
                    ),
                    struct_pack(
                        subject := 'http_status_code',
                        filled := count(http_status_code),
                        note := 'errors by type'
                    ),
                    struct_pack(
                        subject := 'finish_reason',
                        filled := count(finish_reason),
                        note := 'truncated answers'
                    ),
                    struct_pack(subject := 'trace_id', filled := count(trace_id), note := 'retry chains'),
                    struct_pack(
                        subject := 'logical_request_id',
                        filled := count(logical_request_id),
                        note := 'retry chains'
                    ),
                    struct_pack(subject := 'key', filled := count(key), note := '--by key, budgets'),
                    struct_pack(subject := 'team', filled := count(team), note := '--by team'),
                    struct_pack(subject := 'user', filled := count("user"), note := '--by user'),
                    struct_pack(
                        subject := 'case_id', filled := count(case_id), note := 'check: pairing by test case'
                    ),
                    struct_pack(
                        subject := 'max_tokens_requested',
                        filled := count(max_tokens_requested),
                        note := 'efficiency'
                    ),
                    struct_pack(subject := 'temperature', filled := count(temperature), note := 'duplicates'),
                    struct_pack(
                        subject := 'prompt_hash', filled := count(prompt_hash), note := 'duplicates, retries'
                    ),
                    struct_pack(
                        subject := 'prefix_hashes', filled := count(prefix_hashes), note := 'prompt tax'
                    ),
                    struct_pack(
                        subject := 'output_hash', filled := count(output_hash), note := 'model mismatch'
                    ),
                    struct_pack(
                        subject := 'embedding_item_hashes',
                        filled := count(embedding_item_hashes),
                        note := 'embeddings'
                    ),
                    struct_pack(
                        subject := 'reported_cost_usd',
                        filled := count(reported_cost_usd),
                        note := 'reconcile'
                    )
                ],
                recursive := true
            )
        from scope
    )
select subject, filled as requests, cast(filled as double) / nullif(requests, 0) as covered_share, note
from filled
