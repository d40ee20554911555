"""Groups in time as one line each: its trend, and the least, the most and the last of it."""

from __future__ import annotations

from typing import Any

from llmcost.render import Table
from llmcost.report import Report
from llmcost.report.compare import with_word

WORDS = ("min", "max", "last")


def trends(result: Report, shared: dict[str, Any]) -> Table:
    """Fold the rows of each group into one; a measure that adds up is summed besides.

    What has no time of its own is in the sum alone. A pause is a zero between days that are known; where nothing is
    known of a group's requests, it is none.
    """
    view, measure = result.view, result.view.measure
    keys = slice(1, 1 + len(result.by) + len(view.labels))
    at = result.columns.index(measure)
    series: dict[tuple[Any, ...], list[Any]] = {}
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for row in known_or_not(result.rows, result.columns, keys, at):
        values = series.setdefault(row[keys], [])
        if row[0] is not None:
            values.append(row[at])
        sums.setdefault(row[keys], []).append(row[at])
    adds_up = measure in view.sums
    rows = [
        (*key, tuple(values), *ends(values), *([total(sums[key])] if adds_up else [])) for key, values in series.items()
    ]
    columns = (
        *result.columns[keys],
        "trend",
        *(with_word(measure, word) for word in WORDS),
        *([measure] if adds_up else []),
    )
    hide_when_narrow = [with_word(measure, word) for word in WORDS]
    totals = {measure: result.totals[measure]} if adds_up and measure in result.totals else {}
    return Table(result.title, columns, rows, totals, shared, tuple(hide_when_narrow))


def known_or_not(rows: list[tuple[Any, ...]], columns: tuple[str, ...], keys: slice, at: int) -> list[tuple[Any, ...]]:
    """Take the measure at `at` out of the pauses of groups of whose requests nothing is known."""
    requests = columns.index("requests") if "requests" in columns else None
    known = {row[keys] for row in rows if row[at] is not None and (requests is None or row[requests])}
    return [row if row[keys] in known else (*row[:at], None, *row[at + 1 :]) for row in rows]


def ends(values: list[Any]) -> tuple[Any, Any, Any]:
    """Give the least, the most and the last of what is known."""
    known = [value for value in values if value is not None]
    return (min(known), max(known), values[-1]) if known else (None, None, None)


def total(values: list[Any]) -> Any:
    """Add up what is known."""
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None
