"""The shelf of detectors: what one file of it says, and the columns that its query gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from llmcost.errors import ShelfError
from llmcost.shelf import Query, shipped_shelf

# Every detector's query gives these, one row per request that is worth looking at; more columns are its own.
CONTRACT = ("dedupe_key", "finding", "saving_usd", "saving_low_usd", "saving_high_usd", "certainty", "evidence")
# what a finding rests on, the surest first; a column of every shipped detector, and of a team's own that knows it
TIER = "evidence_tier"
TIERS = ("text", "fields", "counters", "counts")
CERTAINTIES = ("proven", "likely", "possible")
LAST = 99
# queries that detectors and causes read as tables; which ones, their headers say
STEPS = resources.files("llmcost.detect") / "steps"


@dataclass(frozen=True, kw_only=True)
class Detector(Query):
    """One file of the shelf: `why` what it finds is waste, and what to do about it.

    Of two detectors that point at one request the one of the lower `rank` claims its saving first. `needs` lists what
    the logs must have: `fields`, one of which some request fills, and what it `says` where none does. `tiers` are those
    of TIERS that it can rest on, the surest first, each with the `fields` of which a request must have one.
    """

    why: str
    advice: str
    needs: list[dict[str, Any]] = field(default_factory=list)
    tiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    rank: int = LAST

    def check(self) -> None:
        """Refuse a header whose values are not of the kinds that a detector has."""
        for rule, holds in rules(self).items():
            if not holds:
                raise ShelfError(f"{self.name}.sql: its header does not fit: {rule}", hint="see docs/detectors.md")


def rules(detector: Detector) -> dict[str, bool]:
    """Say what kinds of values a header has, and whether one has them."""
    return {
        "title, why and advice are text": all(
            isinstance(text, str) and text for text in (detector.title, detector.why, detector.advice)
        ),
        "rank is a number": isinstance(detector.rank, int | float),
        "params are `name: number`": isinstance(detector.params, dict)
        and all(isinstance(value, int | float | str) for value in detector.params.values()),
        "needs is a list of {fields: [column], says: text}": isinstance(detector.needs, list)
        and all(
            isinstance(need, dict) and isinstance(need.get("fields"), list) and need["fields"] and "says" in need
            for need in detector.needs
        ),
        f"tiers are of {', '.join(TIERS)}, in this order, each {{fields: [column]}}": isinstance(detector.tiers, dict)
        and [tier for tier in TIERS if tier in detector.tiers] == list(detector.tiers)
        and all(isinstance(tier, dict) and tier.get("fields") for tier in detector.tiers.values()),
    }


@cache
def detectors() -> dict[str, Detector]:
    """Read the shelf by name, in the order in which savings are claimed."""
    shelf = shipped_shelf(resources.files("llmcost.detect") / "detectors", Detector, STEPS)
    return dict(sorted(shelf.items(), key=lambda item: (item[1].rank, item[0])))
