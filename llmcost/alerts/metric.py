"""The shelf of metrics: what a rule can watch, each a query that gives sums by slot and group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from llmcost.errors import ShelfError
from llmcost.shelf import Query, shipped_shelf

KINDS = ("sum", "share", "low_share", "p95")
UNITS = ("usd", "share", "s", "requests", "tokens")


@dataclass(frozen=True, kw_only=True)
class Metric(Query):
    """One file of the shelf.

    Its query gives name, slot, bucket, samples, amount and base, all of which add up. `kind` says what the value is of
    a window: a `sum` of amounts, their `share` of the base, the low end of Wilson's interval of that (`low_share`), or
    the `p95` of buckets that are powers of 1.05 milliseconds. `least` is the amount under which a share says nothing.
    `says` is what one reads of it, `shows` the command that shows more.
    """

    unit: str
    kind: str
    says: str
    shows: str
    least: int = 0

    def check(self) -> None:
        """Raise ShelfError for a kind or a unit that there is not."""
        if self.kind not in KINDS or self.unit not in UNITS:
            raise ShelfError(f"{self.name}.sql: `kind` is one of {', '.join(KINDS)}, `unit` of {', '.join(UNITS)}")


@cache
def metrics() -> dict[str, Metric]:
    """Read the shelf of metrics by name."""
    return shipped_shelf(resources.files("llmcost.alerts") / "metrics", Metric)


@cache
def queries() -> dict[str, Query]:
    """Read what is asked inside, by name."""
    return shipped_shelf(resources.files("llmcost.alerts") / "queries", Query, steps())


def steps() -> Traversable:
    """Name the folder of what several of these queries read first."""
    return resources.files("llmcost.alerts") / "steps"
