"""What rules look at, kept between evaluations: only slots in which something was written are read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from llmcost.alerts.slots import NOTHING, History, Numbers, Watched, read_history
from llmcost.store import Priced

# slots whose rows are held beside the kept ones
AT_ONCE = 144


class KeptHistory:
    """The slots that rules look at; `others` are those that have changed since they were read."""

    def __init__(self) -> None:
        self.rows: dict[Watched, dict[str, Numbers]] = {}
        self.last = -1
        self.others: set[int] = set()

    def read(self, priced: Priced, watched: Iterable[Watched], first: int, last: int) -> History:
        """Give the slots from first to last, as `read_history` does."""
        asked = list(dict.fromkeys(watched))
        begin = max(first, min([*self.others, self.last + 1])) if self.rows else first
        for at in range(begin, last + 1, AT_ONCE):
            fresh = read_history(priced, asked, at, min(at + AT_ONCE - 1, last))
            self.rows = {one: merged(self.rows.get(one, {}), fresh.rows[one], first, at) for one in asked}
        self.others, self.last = {slot for slot in self.others if slot > last}, max(last, self.last)
        return History(first, last, self.rows)


def merged(kept: Mapping[str, Numbers], fresh: Mapping[str, Numbers], first: int, begin: int) -> dict[str, Numbers]:
    """Take what is kept of the slots from first up to `begin`, and what is fresh from there on."""
    found = {}
    for name in dict.fromkeys([*kept, *fresh]):
        rows = kept.get(name, NOTHING)
        since, until = rows[:, 0].searchsorted((first, begin))
        rows = rows[since:until]
        if name in fresh:
            rows = np.concatenate([rows, fresh[name]])
        if len(rows):
            found[name] = rows
    return found
