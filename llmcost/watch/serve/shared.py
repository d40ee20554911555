"""One computation for all who look at the same: again when the store or the range is another, not more often than that,
and never when nobody looks.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from llmcost.errors import StoreError
from llmcost.ingest.pace import Timer, rest, times
from llmcost.store import Filters
from llmcost.watch.following import Newest, Update
from llmcost.watch.serve.asked import Asked
from llmcost.watch.serve.compute import Computed, Reader
from llmcost.watch.watching import Clock

# different pages that are kept
MOST = 16
# of a core, while somebody looks at one: a day of a million requests is then less than ten seconds old
SHARE = 0.4


@dataclass(frozen=True)
class Kept:
    """What was computed, of which state of the store and which requests, until when these go, and its number."""

    looks: int
    filters: Filters
    found: Computed
    until: datetime | None
    number: int


class Shared:
    """What was computed lately, by what was asked; `timer` counts seconds of the clock and of the processor."""

    def __init__(self, reader: Reader, newest: Newest, clock: Clock, timer: Timer = times) -> None:
        self.reader, self.newest, self.clock, self.timer = reader, newest, clock, timer
        self.one = Lock()
        self.kept: OrderedDict[Asked, Kept] = OrderedDict()
        self.number = 0
        self.rested = 0.0

    def get(self, asked: Asked) -> Kept:
        """Give what is asked for: as it is now, or as it was just before where another is being computed.

        Raises StoreError, UsageError.
        """
        found = self.kept.get(asked)
        if found is not None and (self.is_new(asked, found) or self.timer()[0] < self.rested):
            return found
        if not self.one.acquire(blocking=found is None):
            assert found is not None
            return found
        try:
            # whoever came first may have computed it
            found = self.kept.get(asked)
            return found if found is not None and self.is_new(asked, found) else self.computed(asked)
        except (StoreError, OSError):
            if found is None:
                raise
            # somebody else has the store just now
            return found
        finally:
            self.one.release()

    def is_new(self, asked: Asked, kept: Kept) -> bool:
        """Tell whether neither the store nor the range has become another."""
        return (kept.looks, kept.filters) == (self.newest.last.looks, self.filters(asked))

    def filters(self, asked: Asked) -> Filters:
        """Say which requests are asked for now."""
        settings = self.reader.settings
        return asked.filters(settings.where, self.clock(), settings.alerts.zone)

    def computed(self, asked: Asked) -> Kept:
        """Compute it; afterwards there is a rest, so that pages take a part of the time, and of one core, only."""
        last, filters = self.newest.last, self.filters(asked)
        began = self.timer()
        found = self.reader.compute(filters)
        ended = self.timer()
        self.rested = ended[0] + rest(began, ended, SHARE)
        self.number += 1
        self.kept[asked] = Kept(last.looks, filters, found, until_of(last), self.number)
        self.kept.move_to_end(asked)
        while len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return self.kept[asked]

    def end(self) -> None:
        """Stop what is being computed, and compute nothing more."""
        while not self.one.acquire(timeout=0.1):
            self.reader.stop()


def until_of(update: Update) -> datetime | None:
    """Say until when there is data."""
    return update.snapshot.data_until if update.snapshot else None
