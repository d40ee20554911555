-- The replay: from when on an entry could be read, for each policy and slot. An entry lives until a gap
-- is longer than its time to live; that is an epoch.
-- A request hits if another of its epoch can be read when it starts: if and only if it does not start
-- before the first moment from which any of them can be read. Each can be read only after its own start,
-- so the one of that moment is an earlier one, and no order within the epoch is needed.
with
    slots as (
        select
            group_no,
            policy,
            rule_no,
            ttl_us,
            slot_us,
            min(first_us) as first_us,
            max(last_us) as last_us,
            min(readable_us) as readable_us
        from prefix_counts_by_policy
        group by group_no, policy, rule_no, ttl_us, slot_us
    ),
    gaps as (
        select
            *,
            first_us - lag(last_us) over (partition by group_no, policy order by slot_us nulls last) as gap_us
        from slots
    ),
    epochs as (
        select
            *,
            sum(case when gap_us <= ttl_us then 0 else 1 end) over (
                partition by group_no, policy
                order by slot_us nulls last
                rows between unbounded preceding and current row
            ) as epoch
        from gaps
    ),
    entries as (
        select group_no, policy, epoch, min(readable_us) as readable_us
        from epochs
        group by group_no, policy, epoch
    )
select
    epochs.group_no,
    epochs.policy,
    epochs.rule_no,
    epochs.slot_us,
    epochs.first_us,
    epochs.gap_us,
    entries.readable_us
from epochs
inner join
    entries
    on epochs.group_no = entries.group_no
    and epochs.policy = entries.policy
    and epochs.epoch = entries.epoch
