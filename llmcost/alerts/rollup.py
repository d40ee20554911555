"""What slots came to, kept beside the store day by day: a check reads only slots in which something was written since.

It is what they came to at the prices of one book. All that it is made of stays in the store, and is read again where
this is not there.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

import numpy as np

from llmcost.alerts.history import KeptHistory, between
from llmcost.alerts.metric import metrics, queries
from llmcost.alerts.observe import SLOTS_A_DAY
from llmcost.alerts.slots import History, Numbers, Watched
from llmcost.alerts.state import Memory
from llmcost.alerts.written import Written
from llmcost.store import Priced
from llmcost.store.binding import setup

SCHEMA = (
    "create table if not exists rollups (of text primary key, first integer not null, last integer not null)",
    """
    create table if not exists rollup_days (
        of text not null, day integer not null, written text not null, sums blob not null, primary key (of, day)
    )
    """,
)
# higher where Python reads slots in another way, or writes them down so
FORM = 2
# what is raised by bytes that `save` has not written
DAMAGED = (zlib.error, ValueError, TypeError, LookupError, AttributeError, OverflowError)


class Rollup:
    """Reads slots for one check at `now`, UTC, from what is kept in the memory of alerts, and keeps what is new."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self.memory, self.now = memory, now

    def read(self, priced: Priced, watched: Iterable[Watched], first: int, last: int) -> History:
        """Give the slots from first to last, as `read_history` does."""
        asked = list(watched)
        of = name_of(priced, asked)
        kept, written = load(self.memory, of, asked)
        kept.others = written.changed(priced, self.now)
        history = kept.read(priced, asked, first, last)
        save(self.memory, of, kept, written)
        return history


def name_of(priced: Priced, watched: Iterable[Watched]) -> str:
    """Name what is kept: other prices, rules, queries or ways to price are other numbers."""
    said = [FORM, *setup(), priced.book.sha256, *watched]
    said += [query.query for query in (*queries().values(), *metrics().values())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def load(memory: Memory, of: str, watched: list[Watched]) -> tuple[KeptHistory, Written]:
    """Read what was kept, if anything was; what is damaged is thrown away."""
    for statement in SCHEMA:
        memory.rows(statement)
    try:
        return kept_in(memory, of, watched)
    except DAMAGED:
        memory.rows("delete from rollups")
        memory.rows("delete from rollup_days")
        return KeptHistory(), Written()


def kept_in(memory: Memory, of: str, watched: list[Watched]) -> tuple[KeptHistory, Written]:
    """Read what was kept. Raises DAMAGED."""
    kept, written = KeptHistory(), Written()
    spans = memory.rows("select first, last from rollups where of = ?", of)
    if not spans:
        return kept, written
    parts: dict[Watched, dict[str, list[Numbers]]] = {one: {} for one in watched}
    for slots, sums in memory.rows("select written, sums from rollup_days where of = ? order by day", of):
        written.slots |= {int(slot): tuple(numbers) for slot, numbers in json.loads(slots).items()}
        for at, name, rows in unpacked(sums):
            parts[watched[at]].setdefault(name, []).append(rows)
    kept.first, kept.last = map(int, spans[0])
    kept.rows = {one: {name: np.concatenate(rows) for name, rows in groups.items()} for one, groups in parts.items()}
    return kept, written


def save(memory: Memory, of: str, kept: KeptHistory, written: Written) -> None:
    """Keep the days in which something was read, and let go of what is of other prices or too old."""
    memory.rows("delete from rollups where of <> ?", of)
    memory.rows("delete from rollup_days where of <> ? or day < ?", of, kept.first // SLOTS_A_DAY)
    for day in range(kept.begun // SLOTS_A_DAY, kept.last // SLOTS_A_DAY + 1):
        first = day * SLOTS_A_DAY
        slots = {slot: written.slots[slot] for slot in range(first, first + SLOTS_A_DAY) if slot in written.slots}
        memory.rows(
            "insert or replace into rollup_days values (?, ?, ?, ?)",
            *(of, day, json.dumps(slots), packed(kept, first, first + SLOTS_A_DAY)),
        )
    memory.rows("insert or replace into rollups values (?, ?, ?)", of, kept.first, kept.last)


def packed(kept: KeptHistory, first: int, until: int) -> bytes:
    """Write the rows of some slots: which group has how many, then the numbers of all."""
    found = [
        (at, name, rows)
        for at, groups in enumerate(kept.rows.values())
        for name, rows in between(groups, first, until).items()
    ]
    head = json.dumps([(at, name, len(rows)) for at, name, rows in found]).encode()
    return zlib.compress(head + b"\n" + b"".join(rows.tobytes() for _, _, rows in found), 1)


def unpacked(blob: bytes) -> Iterator[tuple[int, str, Numbers]]:
    """Read what `packed` wrote."""
    head, _, body = zlib.decompress(blob).partition(b"\n")
    numbers, at = np.frombuffer(body, dtype=np.float64).reshape(-1, 5), 0
    for place, name, count in json.loads(head):
        yield place, name, numbers[at : at + count]
        at += count
