"""Which slots have other requests than at the last look: new and late ones, and those that a fuller record replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from llmcost.alerts.metric import queries
from llmcost.alerts.slots import EPOCH, slot_of
from llmcost.store import Priced

# as far back as alerts look, the day that they begin in, and the longest `evaluation_delay`
DAYS = 11
FAR_AGAIN = timedelta(minutes=1)
# where nearly all is written between two looks
NEAR = timedelta(hours=6)
Numbers = tuple[int | None, ...]


class Written:
    """A few numbers of each slot, which are others where anything was written; the last one is its newest end."""

    def __init__(self) -> None:
        self.slots: dict[int, Numbers] = {}
        self.older: datetime | None = None
        self.looked: datetime | None = None

    @property
    def first(self) -> int | None:
        """The first slot that has anything, as far as is looked back."""
        return min(self.slots, default=None)

    def newest(self, now: datetime) -> datetime | None:
        """Give the newest end of a request; what is yet to come, by some clock, is not there."""
        ends = [numbers[-1] for slot, numbers in self.slots.items() if slot <= slot_of(now)]
        last = max((end for end in ends if end is not None), default=None)
        return self.older if last is None else min(EPOCH + timedelta(microseconds=last), now)

    def changed(self, priced: Priced, now: datetime) -> set[int]:
        """Look at the store again, and number the slots that are others; far back it looks once a minute."""
        is_far = self.looked is None or not timedelta(0) <= now - self.looked < FAR_AGAIN
        first = slot_of(datetime.combine(now.date(), time()) - timedelta(days=DAYS)) if is_far else slot_of(now - NEAR)
        found = {row[0]: row[1:] for row in priced.rows(queries()["written"], first=first)}
        known = {slot: numbers for slot, numbers in self.slots.items() if slot >= first}
        if is_far:
            self.looked, self.slots = now, found
        else:
            self.slots = {slot: numbers for slot, numbers in self.slots.items() if slot < first} | found
        if not self.slots:
            self.older = priced.value(queries()["newest"])
        return {slot for slot in found.keys() | known.keys() if found.get(slot) != known.get(slot)}

    def parts(self, first: int, last: int, most: int) -> Iterator[tuple[int, int]]:
        """Cut slots that have requests into parts of about so many requests, each from a slot to another."""
        begin, count = None, 0
        for slot in (slot for slot in sorted(self.slots) if first <= slot <= last):
            begin = slot if begin is None else begin
            count += self.slots[slot][0] or 0
            if count >= most:
                yield begin, slot
                begin, count = None, 0
        if begin is not None:
            yield begin, last
