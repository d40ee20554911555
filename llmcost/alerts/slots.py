"""Sums of a metric by group and slot of five minutes, read once; all that rules look at is worked out from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from llmcost.alerts.metric import metrics, queries
from llmcost.alerts.rules import ALL
from llmcost.store import DerivedTable, Filters, Priced, Rows
from llmcost.store.scope import MAX_GROUPS

SLOT_SECONDS = 300
EPOCH = datetime(1970, 1, 1)
# a request of a batch ends a day after it began
LONGEST = timedelta(days=1)
Numbers = npt.NDArray[np.float64]
NOTHING: Numbers = np.empty((0, 5))
# metric and column
Watched = tuple[str, str]
NAMED = {
    ALL: "select *, 'all' as name from grouped",
    **{at: f"select *, coalesce(cast(group_{at} as varchar), '') as name from grouped" for at in "1234"},
}


def slot_of(moment: datetime) -> int:
    """Number the slot that a moment is in."""
    return int((moment - EPOCH).total_seconds()) // SLOT_SECONDS


def end_of(slot: int) -> datetime:
    """Give the moment that a slot ends at."""
    return EPOCH + timedelta(seconds=(slot + 1) * SLOT_SECONDS)


@dataclass(frozen=True)
class Sums:
    """What adds up in one group, an entry for each slot; of a distribution `buckets` has a column for each `edge`."""

    samples: Numbers
    amount: Numbers
    base: Numbers
    edges: Numbers
    buckets: Numbers


@dataclass(frozen=True)
class History:
    """The slots from `first` to `last`, and for each metric and column the rows of its groups, in the order of slots.

    A row is slot, bucket, samples, amount, base.
    """

    first: int
    last: int
    rows: Mapping[Watched, Mapping[str, Numbers]] = field(default_factory=dict)

    def names(self, watched: Watched) -> Iterable[str]:
        """Name the groups that had anything."""
        return self.rows[watched].keys()

    def most(self, watched: Watched, name: str, since: int) -> float:
        """Give what one group had in all slots since one: no window of them has more."""
        found = self.rows[watched].get(name, NOTHING)
        return float(found[found[:, 0].searchsorted(since) :, 3].sum())

    def sums(self, watched: Watched, name: str) -> Sums:
        """Lay out what one group had."""
        size = self.last - self.first + 1
        found = self.rows[watched].get(name, NOTHING)
        at = found[:, 0].astype(np.int64) - self.first
        samples, amount, base = (summed(at, found[:, n], size) for n in (2, 3, 4))
        edges, column = np.unique(found[:, 1], return_inverse=True)
        buckets = np.zeros((size, len(edges)))
        np.add.at(buckets, (at, column), found[:, 2])
        return Sums(samples, amount, base, edges, buckets)


def summed(at: npt.NDArray[np.int64], values: Numbers, size: int) -> Numbers:
    """Add values up by slot."""
    return np.bincount(at, values, minlength=size).astype(np.float64)


def read_history(priced: Priced, watched: Iterable[Watched], first: int, last: int) -> History:
    """Read the sums of these metrics by these columns in the slots from first to last. Requests are read once."""
    asked = list(watched)
    columns = list(dict.fromkeys(by for _, by in asked if by != ALL))
    found: dict[Watched, Mapping[str, Numbers]] = {}
    for at in range(0, max(len(columns), 1), MAX_GROUPS):
        some = columns[at : at + MAX_GROUPS]
        events = events_of(priced, some, first, last)
        for metric, by in asked:
            if by in some or (by == ALL and at == 0):
                view = DerivedTable(
                    NAMED[ALL if by == ALL else str(some.index(by) + 1)], {"grouped": events}, {}, False
                )
                found[metric, by] = grouped(priced.rows(metrics()[metric], {"events": view}))
    return History(first, last, found)


def events_of(priced: Priced, columns: list[str], first: int, last: int) -> DerivedTable:
    """Read what rules can look at, with columns as group_1 to group_4."""
    since, until = end_of(first - 1) - LONGEST, end_of(last)
    return priced.scope(Filters(since, until), tuple(columns)).derive(queries()["events"], first=first, last=last)


def grouped(rows: Rows) -> dict[str, Numbers]:
    """Sort rows by their group; what is not known adds nothing."""
    found: dict[str, Rows] = defaultdict(list)
    for name, slot, bucket, samples, amount, base in rows:
        found[name].append((slot, bucket, samples, float(amount or 0), float(base or 0)))
    return {name: np.array(group, dtype=np.float64) for name, group in found.items()}


def naive(moment: datetime) -> datetime:
    """Give an aware time as the store's: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)
