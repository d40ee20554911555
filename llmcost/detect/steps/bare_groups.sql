-- What clusters of requests without text may share. Of prompts it is at most what the shortest have: where
-- there is a beginning, all are a little longer than it, most of them by little. Where texts are cut to a
-- size they are a little shorter, and documents spread widely. Of caches it is the size that they mostly had.
with
    usual as (
        select bare_no, size_tokens, requests
        from
            (
                select
                    bare_no,
                    size_tokens,
                    requests,
                    row_number() over (
                        partition by bare_no order by requests desc nulls last, size_tokens nulls last
                    ) as place
                from bare_sizes
                where size_tokens > 0 and basis <> 'prompts'
            ) as sizes
        where place = 1
    ),
    measured as (
        select
            clusters.*,
            usual.size_tokens as usual_tokens,
            cast(usual.requests as decimal(14, 0))
            >= $min_usual_share * cast(clusters.sized as decimal(14, 0)) as is_usual,
            cast(middle_tokens - short_tokens as decimal(14, 0)) as below,
            cast(long_tokens - middle_tokens as decimal(14, 0)) as above,
            cast(nullif(short_tokens, 0) as decimal(14, 0)) as floor_tokens
        from bare_clusters as clusters
        left join usual on clusters.bare_no = usual.bare_no
    ),
    judged as (
        select
            *,
            -- entries of one size that nobody reads soon after they were written are of texts that differ
            case
                when basis <> 'entries' or (is_usual and (is_read = 1 or close_requests * 20 <= requests))
                then 1
                else 0
            end as is_replayed,
            -- of texts that people write, half are 2.3 times as long as the short ones, or more
            greatest(2500 * (4 * floor_tokens - 3 * below), 0) as shares
        from measured
    )
select
    bare_no,
    key,
    provider,
    model,
    basis,
    requests,
    is_reported,
    is_written,
    first_us,
    last_us,
    is_replayed,
    case when basis = 'prompts' then 'counts' else 'counters' end as evidence_tier,
    case
        when basis = 'prompts' then short_tokens when is_replayed = 1 then usual_tokens else most_tokens
    end as prefix_tokens,
    case
        when basis = 'prompts'
        then
            cast(
                cast((shares - shares % floor_tokens) / floor_tokens as decimal(5, 0))
                * 0.0001 as decimal(5, 4)
            )
        else 1
    end as prefix_share
from judged
where
    basis = 'entries'
    or (basis = 'reads' and is_usual and sized * 2 >= requests)
    or (
        basis = 'prompts'
        and cast(core_requests as decimal(14, 0)) >= $min_share * cast(of_requests as decimal(14, 0))
        and below > 0
        and (
            (above >= 2 * below and below <= $max_spread * floor_tokens)
            or (below >= $min_even_tokens and below <= $max_even_spread * floor_tokens)
        )
        and 2 * above >= below
        and not is_in_pieces
    )
