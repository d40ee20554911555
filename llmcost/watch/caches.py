"""What caches gave, by model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from llmcost.alerts.slots import slot_of
from llmcost.watch.kept import hour_to, midnight_before
from llmcost.watch.snapshot import Cache
from llmcost.watch.sums import Sums

ByModel = dict[str | None, list[tuple[Any, ...]]]


def caches_of(sums: Sums, now: datetime) -> tuple[Cache, tuple[Cache, ...]]:
    """Say what caches gave, in all and by model, those that saved most first."""
    last = slot_of(now)
    kept = sums.recent["cache"]
    today = list(kept.between(midnight_before(now, sums.asked.zone), last))
    hour = list(kept.between(hour_to(last), last))
    of_today, of_hour = by_model(today), by_model(hour)
    found = [cache(model, of_hour.get(model, []), rows) for model, rows in of_today.items()]
    ordered = sorted(found, key=lambda one: (-(one.saved_usd or 0), one.model or ""))
    return cache(None, hour, today), tuple(ordered)


def by_model(rows: Iterable[tuple[Any, ...]]) -> ByModel:
    """Sort rows by their model."""
    found: ByModel = defaultdict(list)
    for row in rows:
        found[row[1]].append(row)
    return found


def cache(model: str | None, hour: list[tuple[Any, ...]], today: list[tuple[Any, ...]]) -> Cache:
    """Add rows up."""
    return Cache(model, share_of(hour), share_of(today), added(today, 4), added(today, 5), added(today, 6))


def added(rows: list[tuple[Any, ...]], at: int) -> Any:
    """Add up a column; what none of the rows knows is not known."""
    known = [row[at] for row in rows if row[at] is not None]
    return sum(known) if known else None


def share_of(rows: list[tuple[Any, ...]]) -> float | None:
    """Give cached tokens over input tokens."""
    cached, whole = added(rows, 2), added(rows, 3)
    return cached / whole if whole and cached is not None else None
