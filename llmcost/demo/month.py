"""Every scenario, day by day: one log a day, its lines in order of time, and the truth beside."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec

from llmcost.demo import caching, embeddings, retries, rightsizing, useful_embeddings, useful_repeats, useful_shapes
from llmcost.demo.plan import DAYS, Call, Month, Scenario

USEFUL = [*useful_repeats.USEFUL, *useful_shapes.USEFUL, *useful_embeddings.USEFUL]
SCENARIOS: list[Scenario] = [
    *rightsizing.SCENARIOS,
    *retries.SCENARIOS,
    *caching.SCENARIOS,
    *embeddings.SCENARIOS,
    *USEFUL,
    useful_embeddings.migrated,
]
# The keys whose traffic only looks like waste, and what it is.
TRAPS: dict[str, str] = {useful.app.key: useful.what for useful in USEFUL} | useful_embeddings.WHAT


class Planted(NamedTuple):
    """One request that is waste, which detector should say so, and what it could have saved."""

    request_id: str
    detector: str
    saving_usd: Decimal


@dataclass
class Written:
    """What was written: how many requests, and which of them are waste."""

    requests: int = 0
    planted: list[Planted] = field(default_factory=list)


def write_month(
    folder: Path, scale: Decimal = Decimal(1), seed: int = 7, on_day: Callable[[], None] = lambda: None
) -> Written:
    """Write `gateway-YYYY-MM-DD.jsonl` into the folder for each day.

    The same scale and seed write the same bytes. At scale 1 the month costs about $47,000 in list prices; the scale
    makes all but the clockwork jobs fewer. `on_day` is called after each day.
    """
    month, written = Month(scale, seed), Written()
    for day, *parts in zip(DAYS, *(scenario(month) for scenario in SCENARIOS), strict=True):
        calls = sorted((call for part in parts for call in part), key=lambda call: str(call.record["started_at"]))
        write_day(folder / f"gateway-{day:%Y-%m-%d}.jsonl", calls)
        written.requests += len(calls)
        written.planted += [
            Planted(call.record["request_id"], call.detector, call.saving) for call in calls if call.detector
        ]
        on_day()
    return written


def write_day(path: Path, calls: list[Call]) -> None:
    """Write the log of one day."""
    with path.open("wb") as log:
        log.writelines(msgspec.json.encode(call.record) + b"\n" for call in calls)


def write_truth(path: Path, planted: Iterable[Planted]) -> None:
    """Write what was planted as CSV; it is not to lie among the logs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(Planted._fields)
        rows.writerows((row.request_id, row.detector, f"{row.saving_usd.normalize():f}") for row in planted)
