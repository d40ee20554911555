"""The two shelves of reconcile: its queries, and the mistakes that it knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from llmcost.shelf import Query, shipped_shelf

FOLDER = resources.files("llmcost.reconcile")
MACROS = FOLDER / "macros.sql"


@dataclass(frozen=True, kw_only=True)
class Cause(Query):
    """One mistake: its query gives for each gap what the reporter would have written had it made the mistake.

    Columns: dedupe_key, expected_micro_usd, evidence. Where several mistakes give the reported cost, the lowest
    `place` wins.
    """

    place: int
    says: str


@cache
def queries() -> dict[str, Query]:
    """Read the shelf of queries by name."""
    return shipped_shelf(FOLDER / "queries", Query)


@cache
def causes() -> dict[str, Cause]:
    """Read the shelf of causes by name, in the order in which they are preferred."""
    shelf = shipped_shelf(FOLDER / "causes", Cause)
    return dict(sorted(shelf.items(), key=lambda item: item[1].place))
