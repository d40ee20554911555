"""What was read is kept by slot of five minutes; only slots in which something was written are read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from llmcost.alerts.slots import SLOT_SECONDS, naive, slot_of
from llmcost.store import Rows

SLOTS_AN_HOUR = 3600 // SLOT_SECONDS
SLOTS_A_DAY = 24 * SLOTS_AN_HOUR


class Kept:
    """Rows of one query, by the slot that stands first in each."""

    def __init__(self) -> None:
        self.slots: dict[int, Rows] = {}

    def put(self, rows: Iterable[tuple[Any, ...]], first: int) -> None:
        """Let these be all rows from the slot `first` on."""
        self.slots = {slot: known for slot, known in self.slots.items() if slot < first}
        self.add(rows)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Put rows beside the others."""
        for row in rows:
            self.slots.setdefault(row[0], []).append(row)

    def forget(self, before: int) -> None:
        """Let go of what is in the slots before one."""
        self.slots = {slot: known for slot, known in self.slots.items() if slot >= before}

    def between(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Give the rows of the slots from first to last."""
        for slot, rows in self.slots.items():
            if first <= slot <= last:
                yield from rows


def hour_to(slot: int) -> int:
    """Number the first slot of the hour that a slot is the last of."""
    return slot - SLOTS_AN_HOUR + 1


def midnight_before(now: datetime, zone: tzinfo) -> int:
    """Number the slot that the local day of `now`, UTC, began with."""
    today = now.replace(tzinfo=UTC).astimezone(zone).date()
    return slot_of(naive(datetime.combine(today, time(), zone)))


def days_ago(now: datetime, days: int, zone: tzinfo) -> int:
    """Number the slot that had the same time of day so many local days ago."""
    local = now.replace(tzinfo=UTC).astimezone(zone)
    # of two times in one zone the clock on the wall counts
    return slot_of(naive(local - timedelta(days=days)))
