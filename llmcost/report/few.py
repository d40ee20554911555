"""The first rows of a table and the rest as one: what adds up is added up, anything else of the rest is not known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from llmcost.report.view import View
from llmcost.store import Rows


def few_rows(rows: Rows, columns: tuple[str, ...], groups: int, sums: Collection[str], most: int) -> Rows:
    """Keep `most` rows and make the rest one; the first `groups` columns tell rows apart, `sums` are added up."""
    if len(rows) <= most:
        return rows
    return [*rows[:most], as_one((), rows[most:], columns, groups, sums, len(rows) - most)]


def few_lines(rows: Rows, columns: tuple[str, ...], groups: int, view: View, most: int) -> Rows:
    """Keep the `most` largest groups of rows in time, and make the rest of each time one."""
    at = columns.index(view.measure)
    sizes: dict[tuple[Any, ...], Any] = defaultdict(int)
    for row in rows:
        sizes[row[1:groups]] += row[at] or 0
    if len(sizes) <= most:
        return rows
    kept = set(sorted(sizes, key=lambda group: -sizes[group])[:most])
    rest: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        if row[1:groups] not in kept:
            rest[row[0]].append(row)
    others = len(sizes) - most
    shown = [row for row in rows if row[1:groups] in kept]
    return [*shown, *(as_one((time,), some, columns, groups, view.sums, others) for time, some in rest.items())]


def as_one(
    time: tuple[Any, ...], rows: Rows, columns: tuple[str, ...], groups: int, sums: Collection[str], others: int
) -> tuple[Any, ...]:
    """Make one row of several; `time` stands before its name."""
    name = (*time, *[f"other ({others})"] * (groups - len(time)))
    measures = (added([row[at] for row in rows]) if columns[at] in sums else None for at in range(groups, len(columns)))
    return (*name, *measures)


def added(values: Sequence[Any]) -> Any:
    """Add up what is known."""
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None
