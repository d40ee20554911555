"""What rules look at, kept between evaluations: only slots in which something was written are read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from llmcost.alerts.slots import History, Numbers, Watched, read_history
from llmcost.store import Priced

# slots whose rows are held beside the kept ones
AT_ONCE = 144


class KeptHistory:
    """The slots that rules look at; `others` have changed since they were read, the last reading began with `begun`."""

    def __init__(self) -> None:
        self.rows: dict[Watched, dict[str, Numbers]] = {}
        self.first = self.last = -1
        self.begun = -1
        self.others: set[int] = set()

    def read(self, priced: Priced, watched: Iterable[Watched], first: int, last: int) -> History:
        """Give the slots from first to last, as `read_history` does; who goes back begins anew."""
        asked = list(watched)
        if first < self.first or last < self.last or not set(asked) <= self.rows.keys():
            self.rows = {}
        changed = [slot for slot in self.others if slot >= first]
        self.begun = max(first, min([*changed, self.last + 1])) if self.rows else first
        self.rows = {one: between(self.rows.get(one, {}), first, self.begun) for one in asked}
        for at in range(self.begun, last + 1, AT_ONCE):
            fresh = read_history(priced, asked, at, min(at + AT_ONCE - 1, last))
            self.rows = {one: added(self.rows[one], fresh.rows[one]) for one in asked}
        self.others = {slot for slot in self.others if slot > last}
        self.first, self.last = first, last
        return History(first, last, self.rows)


def added(kept: dict[str, Numbers], fresh: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Put rows of later slots behind those that are kept."""
    return kept | {name: np.concatenate([kept[name], rows]) if name in kept else rows for name, rows in fresh.items()}


def between(groups: Mapping[str, Numbers], first: int, until: int) -> dict[str, Numbers]:
    """Take of each group the rows of the slots from first on that are before another."""
    ends = {name: rows[:, 0].searchsorted((first, until)) for name, rows in groups.items()}
    return {name: groups[name][since:end] for name, (since, end) in ends.items() if end > since}
