-- The hits and misses of each kind of request under each policy.
with
    -- of most slots all requests hit or all miss; in the others each is looked at
    decided as (
        select
            counts.*,
            readable.readable_us as hit_from_us,
            case
                when readable.readable_us <= counts.first_us
                then counts.requests
                when readable.readable_us > counts.last_us
                then 0
            end as hits
        from prefix_counts_by_policy as counts
        inner join
            prefix_entries as readable
            on counts.rule_no = readable.rule_no
            and counts.slot_us = readable.slot_us
    ),
    undecided as (
        select decided.kind_no, decided.rule_no, arrivals.started_us >= decided.hit_from_us as is_hit
        from decided
        inner join
            prefix_arrivals as arrivals
            on decided.slot_us = arrivals.slot_us
            and decided.group_no = arrivals.group_no
            and decided.price_no = arrivals.price_no
            and decided.prefix_tokens = arrivals.prefix_tokens
            and decided.read_tokens = arrivals.read_tokens
            and decided.written_tokens = arrivals.written_tokens
            and decided.written_1h_tokens = arrivals.written_1h_tokens
        where decided.hits is null
    ),
    hits as (
        select kind_no, rule_no, hits, requests - hits as misses
        from decided
        where hits is not null
        union all
        select
            kind_no,
            rule_no,
            case when is_hit then 1 else 0 end as hits,
            case when is_hit then 0 else 1 end as misses
        from undecided
    )
select
    kind_no, rule_no, cast(sum(hits) as decimal(10, 0)) as hits, cast(sum(misses) as decimal(10, 0)) as misses
from hits
group by kind_no, rule_no
