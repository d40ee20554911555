-- The requests of each chain: of a run in more than one chain, once for prompts and once for counts.
with
    by_text as (select * from retry_chains where not is_counted),
    by_counts as (select * from retry_chains where is_counted)
select
    in_runs.dedupe_key,
    in_runs.run_key,
    in_runs.run_us,
    coalesce(chains.chain_key, in_runs.run_key) as chain_key,
    case when in_runs.from_end > 1 then 'in one operation' else chains.next_link end as next_link,
    false as is_counted,
    cast(null as bigint) as chance
from retry_attempts as in_runs
left join by_text as chains on in_runs.run_key = chains.run_key
union all
select
    chains.run_key as dedupe_key,
    chains.run_key,
    chains.run_us,
    chains.chain_key,
    chains.next_link,
    false as is_counted,
    cast(null as bigint) as chance
from by_text as chains
where chains.run_key not in (select run_key from retry_attempts)
union all
select
    coalesce(in_runs.dedupe_key, chains.run_key) as dedupe_key,
    chains.run_key,
    chains.run_us,
    chains.chain_key,
    case when in_runs.from_end > 1 then 'in one operation' else chains.next_link end as next_link,
    true as is_counted,
    chains.next_chance as chance
from by_counts as chains
left join retry_attempts as in_runs on chains.run_key = in_runs.run_key
