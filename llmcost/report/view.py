"""The shelf of views: each a question, and one query over the scope that answers it by any columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from llmcost.errors import ShelfError, UsageError
from llmcost.pricing.nearest import among
from llmcost.shelf import Query, shipped_shelf
from llmcost.store import Rows, Scope
from llmcost.store.scope import MAX_GROUPS


@dataclass(frozen=True, kw_only=True)
class View(Query):
    """One file of the shelf views.

    Its query gives is_total (1 in the one row for all), group_1..group_4, the `labels` that the view tells apart of
    itself, and its measures. `by` are the
    groups if no others are asked for; `measure` is what charts and comparisons show; `sums` may be added up, so a gap
    in time is a zero there and unknown elsewhere; `totals` are the columns that a total makes sense of, all if not
    said; `histogram` are counts of one distribution; `hide_when_narrow` are left out of a narrow terminal, first first;
    `not_by` are columns that make no sense as groups. `bases` names for a share that is of a part of the requests the
    column that counts this part, and two whose quotient is the share of all, if the view has them. `notes` say in
    Markdown what each column is, for docs/reports.md.
    """

    by: list[str]
    measure: str
    sums: list[str]
    labels: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    histogram: list[str] = field(default_factory=list)
    hide_when_narrow: list[str] = field(default_factory=list)
    not_by: list[str] = field(default_factory=list)
    bases: dict[str, list[str]] = field(default_factory=dict)
    notes: str = ""

    @property
    def counts_only(self) -> set[str]:
        """The columns that are there to say what a share is of: files have them, a terminal has a line."""
        return {base[0] for base in self.bases.values()} - set(self.hide_when_narrow)


@cache
def views() -> dict[str, View]:
    """Read the shelf of views by name."""
    return shipped_shelf(resources.files("llmcost.report") / "views", View)


def view_named(name: str) -> View:
    """Give a view; raises UsageError where there is none of that name."""
    if name not in views():
        raise UsageError(f"{name}: no such view", hint=among(name, views(), "there are"))
    return views()[name]


@dataclass(frozen=True)
class Found:
    """What a view found: columns (those of `by`, the labels, the measures), rows, and the measures of all together."""

    columns: tuple[str, ...]
    rows: Rows
    totals: dict[str, Any]


def table(scope: Scope, view: View) -> Found:
    """Run a view over a scope; one pass gives the rows and, as a row that says so, the total.

    Raises ShelfError where the view's header names columns that its query does not give.
    """
    by, result = scope.by or (), scope.result(view)
    names = result.columns[1 + MAX_GROUPS :]
    check_names(view, names)
    rows = [row[1 : 1 + len(by)] + row[1 + MAX_GROUPS :] for row in result.rows if not row[0]]
    whole = next(row[1 + MAX_GROUPS :] for row in result.rows if row[0])
    totals = dict(zip(names, whole, strict=True))
    shown = view.totals or [name for name in names if name not in view.labels]
    return Found((*by, *names), rows, {name: totals[name] for name in shown})


def check_names(view: View, given: tuple[str, ...]) -> None:
    """Hold the columns that a header names to those that its query gives."""
    drawn = ("distribution",) if view.histogram else ()
    named = {
        **{"labels": view.labels, "measure": [view.measure], "sums": view.sums, "totals": view.totals},
        **{"histogram": view.histogram, "hide_when_narrow": view.hide_when_narrow},
        "bases": [name for share, counts in view.bases.items() for name in (share, *counts)],
    }
    for key, columns in named.items():
        if strays := [name for name in columns if name not in (*given, *drawn)]:
            raise ShelfError(
                f"{view.name}.sql: `{key}` names {', '.join(strays)}, which the query does not give",
                hint=f"it gives {', '.join(given)}",
            )
