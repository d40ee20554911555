"""Two periods side by side: what was, what it became, and which groups the change came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from llmcost.errors import UsageError
from llmcost.report.run import Report
from llmcost.report.span import SLACK, Span, clipped, days_of, describe
from llmcost.report.view import View
from llmcost.store import Filters, Row, Rows, parse_when

PREVIOUS = "previous"
# the groups' changes are shares of the whole where so much of what moved is left of it
LEAST_NET = 0.5
Days = tuple[float, float]


@dataclass(frozen=True)
class Comparison:
    """Columns, rows and totals of two periods of one view, the largest change first.

    `is_shared` tells whether the whole change is large enough for groups to have a share of it.
    """

    columns: tuple[str, ...]
    rows: Rows
    totals: Row
    hide_when_narrow: tuple[str, ...]
    is_shared: bool


@dataclass(frozen=True)
class Windows:
    """Two periods as far as the logs reach; `days` of each where they are not alike, so that sums count by the day."""

    before: Filters
    now: Filters
    days: Days | None


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


def windows(text: str, filters: Filters, span: Span) -> Windows:
    """Read what to compare with, and cut both periods to what the logs cover.

    `previous` is as long as what the logs cover of the present period. Raises UsageError where one has no logs.
    """
    asked_before, asked_now = earlier(text, filters)
    now = reached(asked_now, span, "--since")
    if text == PREVIOUS and asked_now.since and now.until:
        asked_before = replace(asked_before, since=asked_now.since - (now.until - asked_now.since))
    before = reached(asked_before, span, f"--compare {text}")
    lengths = (days_of(before), days_of(now))
    is_alike = abs(lengths[0] - lengths[1]) <= max(lengths) / SLACK
    return Windows(before, now, None if is_alike else lengths)


def spans_line(sides: Windows) -> str:
    """Say what is compared with what."""
    words = [
        f"{describe(side.since, side.zone)} to {describe(side.until, side.zone)} ({days_of(side):,.1f} days)"
        for side in (sides.before, sides.now)
        if side.since and side.until
    ]
    return f"before: {words[0]}; now: {words[1]}; in {sides.now.zone}, as far as there are logs"


def reached(side: Filters, span: Span, named: str) -> Filters:
    """Cut a period to what the logs cover. Raises UsageError where that is nothing."""
    found = clipped(side, span)
    if found is None or side.since is None or side.until is None:
        start, end = (describe(moment, side.zone) for moment in (side.since, side.until) if moment)
        first, last = describe(span.first, side.zone), describe(span.last, side.zone)
        raise UsageError(
            f"{named}: no logs from {start} to {end}, so nothing to compare", hint=f"the logs go from {first} to {last}"
        )
    return found


def compare(before: Report, now: Report, days: Days | None = None) -> Comparison:
    """Join two reports of one view by their groups: the measure before and now, its change, its share of the change.

    A group that one of them does not have counts as 0 where the measure is a sum, and as unknown elsewhere. With `days`
    (the lengths of both) sums are by the day.
    """
    view, groups = now.view, len(now.by) + len(now.view.labels)
    names = measured(view, now.columns)
    shown = tuple(with_word(name, "per_day") if days and name in view.sums else name for name in names)
    lengths: tuple[float | None, float | None] = days or (None, None)
    was, became = (by_day(report, groups, length) for report, length in zip((before, now), lengths, strict=True))
    nothing = [0 if name in view.sums else None for name in names]
    whole = changes(shown, values_of(before, before.totals, lengths[0]), values_of(now, now.totals, lengths[1]))
    change = with_word(shown[-1], "change")
    found = {
        key: changes(shown, was.get(key, nothing), became.get(key, nothing)) for key in dict.fromkeys([*became, *was])
    }
    adds_up = view.measure in view.sums
    is_shared = adds_up and is_large([row[change] for row in found.values()], whole[change])
    rows = [
        (*key, *row.values(), *((over(row[change], whole[change]) if is_shared else None,) if adds_up else ()))
        for key, row in found.items()
    ]
    columns = (*now.columns[:groups], *whole, *(("of_change_share",) if adds_up else ()))
    at = columns.index(change)
    rows.sort(key=lambda row: (row[at] is None, -abs(row[at] or 0)))
    totals = {name: value for name, value in whole.items() if value is not None}
    return Comparison(columns, rows, totals, hide_when_narrow(columns, shown), is_shared)


def by_day(report: Report, groups: int, days: float | None) -> dict[tuple[Any, ...], list[Any]]:
    """Take what is compared of each group, sums by the day where `days` are given."""
    return {
        row[:groups]: values_of(report, dict(zip(report.columns[groups:], row[groups:], strict=True)), days)
        for row in report.rows
    }


def values_of(report: Report, row: Row, days: float | None) -> list[Any]:
    """Take what is compared of one row."""
    return [
        over(row.get(name), days) if days and name in report.view.sums else row.get(name)
        for name in measured(report.view, report.columns)
    ]


def is_large(parts: list[Any], whole: Any) -> bool:
    """Tell whether what is left of the changes is enough to be shared out, and not mostly cancelled."""
    gross = sum(abs(part) for part in parts if part is not None)
    return bool(whole) and float(abs(whole)) >= LEAST_NET * float(gross)


def hide_when_narrow(columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Choose what a narrow terminal leaves out."""
    first = (with_word(names[0], "before"), names[0], with_word(names[-1], "before"), "of_change_share")
    return tuple(name for name in first if name in columns and name != names[-1])


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


def over(part: Any, whole: Any) -> float | None:
    """Divide for display; nothing of nothing is not known."""
    return None if part is None or not whole else float(part) / float(whole)
