"""Two periods side by side: what was, what it became, and which groups the change came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from llmcost.errors import UsageError
from llmcost.report.query import Row
from llmcost.report.run import Report
from llmcost.report.view import Rows, View
from llmcost.store import Filters, parse_when

PREVIOUS = "previous"


@dataclass(frozen=True)
class Comparison:
    """Columns, rows and totals of two periods of one view, the largest change first."""

    columns: tuple[str, ...]
    rows: Rows
    totals: Row
    gives_way: tuple[str, ...]


def earlier(text: str, filters: Filters) -> tuple[Filters, Filters]:
    """Read what to compare with: `previous`, the same length before, or WHEN..WHEN. Gives the period before, and now.

    Raises UsageError where it is not known when the present period begins, or where they overlap.
    """
    if filters.since is None:
        raise UsageError("--compare needs --since", hint="report --since 7d --compare previous")
    until = filters.until or datetime.now(UTC).replace(tzinfo=None)
    if until <= filters.since:
        raise UsageError("--compare: --until is not after --since", hint="report --since 7d --compare previous")
    if text == PREVIOUS:
        start, end = filters.since - (until - filters.since), filters.since
        return replace(filters, since=start, until=end), replace(filters, until=until)
    first, _, last = text.partition("..")
    if not first or not last:
        raise UsageError(f"--compare {text}: no period", hint="write previous, or 2026-10-01..2026-11-01")
    begin, stop = parse_when(first, zone=filters.zone), parse_when(last, zone=filters.zone)
    if begin is None or stop is None or not begin < stop <= filters.since:
        raise UsageError(f"--compare {text}: it must begin and end before --since", hint="--compare previous")
    return replace(filters, since=begin, until=stop), replace(filters, until=until)


def compare(before: Report, now: Report) -> Comparison:
    """Join two reports of one view by their groups: the measure before and now, its change, its share of the change.

    A group that one of them does not have counts as 0 where the measure is a sum, and as unknown elsewhere.
    """
    view, groups = now.view, len(now.by) + len(now.view.labels)
    names = measured(view, now.columns)
    ats = [now.columns.index(name) for name in names]
    was = {row[:groups]: [row[at] for at in ats] for row in before.rows}
    became = {row[:groups]: [row[at] for at in ats] for row in now.rows}
    nothing = [0 if name in view.sums else None for name in names]
    whole = changes(names, [before.totals.get(n) for n in names], [now.totals.get(n) for n in names])
    rows = []
    for key in dict.fromkeys([*became, *was]):
        found = changes(names, was.get(key, nothing), became.get(key, nothing))
        rows.append((*key, *found.values(), *of_change(view, found, whole)))
    columns = (*now.columns[:groups], *whole, *(("of_change_share",) if view.measure in view.sums else ()))
    change = columns.index(with_word(view.measure, "change"))
    rows.sort(key=lambda row: (row[change] is None, -abs(row[change] or 0)))
    return Comparison(
        columns, rows, {name: value for name, value in whole.items() if value is not None}, gives_way(columns, view)
    )


def gives_way(columns: tuple[str, ...], view: View) -> tuple[str, ...]:
    """Choose what a narrow terminal leaves out."""
    first = ("requests_before", "requests", with_word(view.measure, "before"), "of_change_share")
    return tuple(name for name in first if name in columns)


def measured(view: View, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Choose what is compared: how many requests, and the measure."""
    return tuple(dict.fromkeys([*(["requests"] if "requests" in columns else []), view.measure]))


def with_word(name: str, word: str) -> str:
    """Put a word before the unit of a column: cost_usd, cost_before_usd."""
    for unit in ("_usd", "_tokens", "_share", "_ms"):
        if name.endswith(unit):
            return f"{name.removesuffix(unit)}_{word}{unit}"
    return f"{name}_{word}"


def changes(names: tuple[str, ...], was: list[Any], became: list[Any]) -> Row:
    """Set each measure beside what it was; of the last, the change and its share of what was."""
    row: Row = {}
    for name, old, new in zip(names, was, became, strict=True):
        row |= {with_word(name, "before"): old, name: new}
    change = None if old is None or new is None else new - old
    return row | {with_word(name, "change"): change, "change_share": over(change, old)}


def of_change(view: View, found: Row, whole: Row) -> tuple[Any, ...]:
    """Give a group's share of the whole change, where changes add up."""
    if view.measure not in view.sums:
        return ()
    name = with_word(view.measure, "change")
    return (over(found[name], whole[name]),)


def over(part: Any, whole: Any) -> float | None:
    """Divide for display; nothing of nothing is not known."""
    return None if part is None or not whole else float(part) / float(whole)
