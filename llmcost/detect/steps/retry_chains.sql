-- What a client sent again: runs of a line that are linked, if the link is not one that chance makes as well.
with
    linked as (
        select
            links.sender,
            links.content,
            links.counted_on,
            links.run_key,
            links.started_us,
            case when links.counted_on is null or chances.chance is not null then links.link end as link,
            chances.chance
        from retry_links as links
        left join
            retry_chances as chances
            on links.counted_on is not null
            and links.run_key = chances.run_key
            and 100 * chances.chance <= cast(1000000 as bigint) * $max_chance_percent
    ),
    chained as (
        select
            *,
            sum(case when link is null then 1 else 0 end) over so_far as chain,
            lead(link) over line as next_link,
            lead(chance) over line as next_chance
        from linked
        window
            line as (
                partition by sender, content, counted_on order by started_us nulls last, run_key nulls last
            ),
            so_far as (
                partition by sender, content, counted_on
                order by started_us nulls last, run_key nulls last
                rows between unbounded preceding and current row
            )
    )
select
    run_key,
    started_us as run_us,
    counted_on is not null as is_counted,
    next_link,
    next_chance,
    min(run_key) over (partition by sender, content, counted_on, chain) as chain_key
from chained
where link is not null or next_link is not null
