"""What was sent long ago goes, so that what is remembered does not grow for ever.

No message that was forgotten is made again: its id has its time, a slot is judged once, and a check goes back a day at
most.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from llmcost.alerts.state import Memory

KEPT = timedelta(days=30)
# One goes when it and all before it in its channel are done: an end never goes before its beginning. The last that a
# channel was sent of an alert says what is open there.
OLD_DELIVERIES = """
with
    placed as (
        select
            d.rowid as place,
            o.fingerprint,
            max(coalesce(d.sent_at, d.given_up_at, 1e18)) over (partition by d.channel order by o.rowid) as done_at,
            o.rowid = max(o.rowid) over (partition by d.channel, o.fingerprint) as is_last
        from deliveries d join outbox o on o.id = d.message
    )
delete from deliveries where rowid in (
    select place from placed
    where done_at < ? and not (is_last and fingerprint in (select fingerprint from alerts))
)
"""
OLD_MESSAGES = """
delete from outbox
where at < ? and id not in (select message from deliveries) and rowid not in (
    select max(rowid) from outbox where fingerprint in (select fingerprint from alerts) group by fingerprint
)
"""


def forget(memory: Memory, judged_until: datetime) -> None:
    """Forget what was done 30 days before, inside a transaction, but not what waits, nor the last of an alert."""
    before = judged_until - KEPT
    memory.rows(OLD_DELIVERIES, before.replace(tzinfo=UTC).timestamp())
    memory.rows(OLD_MESSAGES, f"{before.isoformat()}Z")
