"""Rows in time: in order, and with the hours, days, weeks or months in which nothing happened.

Blocks of five hours are where requests are: between two of them nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from llmcost.errors import UsageError
from llmcost.report.span import Span
from llmcost.store import Filters, Rows
from llmcost.store.blocks import BLOCK

UNITS = ("hour", BLOCK, "day", "week", "month")
# those whose values are moments, and not days
MOMENTS = ("hour", BLOCK)
# those that take longer than a look at the logs
LONG = ("week", "month")
PARTIAL = "is_partial"
MOST_ROWS = 2_000_000
# what is longer is not a pause but a clock that is wrong: it is reported, not filled
LONGEST = {
    "hour": timedelta(days=62),
    "day": timedelta(days=732),
    "week": timedelta(days=1830),
    "month": timedelta(days=3660),
}
# zones differ from UTC by whole quarters of an hour
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Gap:
    """Time without requests that is too long to be filled: the values `after` and `before` which it lies."""

    after: Any
    before: Any


def in_time(
    rows: Rows, columns: tuple[str, ...], unit: str, groups: int, sums: Sequence[str], filters: Filters
) -> Rows:
    """Order rows by their first column, a `unit` of time, and add rows for those in which a group has none.

    The first `groups` columns tell the rows apart. Of a group without requests the `sums` are 0 and nothing else is
    known. Time goes from --since to --until, or where these are not given from the first row to the last; what `gaps`
    names is not filled. Rows that have no time of their own come last.
    """
    timeless = [row for row in rows if row[0] is None]
    rows = [row for row in rows if row[0] is not None]
    if not rows:
        return timeless
    times = list(calendar(unit, [row[0] for row in rows], filters))
    keys = list(dict.fromkeys(row[1:groups] for row in rows))
    if len(times) * len(keys) > MOST_ROWS:
        raise UsageError(
            f"--over {unit}: {len(times) * len(keys):,} rows", hint="choose a longer unit, a shorter time, or --top"
        )
    found = {row[:groups]: row for row in rows}
    nothing = tuple(zero(name) if name in sums else None for name in columns[groups:])
    return [found.get((at, *key), (at, *key, *nothing)) for at in times for key in keys] + timeless


def by_time(rows: Rows, by: Sequence[str]) -> Rows:
    """Order rows by those of their groups that are units of time, what has no time last; else leave their order."""
    units = [(at, name) for at, name in enumerate(by) if name in UNITS]
    if not units:
        return rows
    return sorted(rows, key=lambda row: tuple(place_in_time(unit, row[at]) for at, unit in units))


def place_in_time(unit: str, value: Any) -> tuple[bool, Any, str]:
    """Give a value of a unit its place: others of the same day by their moment, what has no time at the end."""
    if value is None:
        return (True, 0.0, "")
    try:
        return (False, datetime.fromisoformat(value).timestamp() if unit in MOMENTS else 0.0, str(value))
    except ValueError:
        return (True, 0.0, str(value))


def with_partial(rows: Rows, unit: str, span: Span | None, filters: Filters, now: datetime | None = None) -> Rows:
    """Add to each row whether its week or month is not all there: cut by the logs, by the bounds, or not over yet.

    `now` is an aware time, the clock's by default.
    """
    known: dict[Any, bool | None] = {None: None}
    for value in {row[0] for row in rows} - {None}:
        known[value] = span is None or is_partial(unit, value, span, filters, now or datetime.now(UTC))
    return [(*row, known[row[0]]) for row in rows]


def is_partial(unit: str, value: Any, span: Span, filters: Filters, now: datetime) -> bool:
    """Tell whether a week or month is not all there. The first and the last day of the logs count as whole."""
    zone = filters.zone
    first = begin(unit, value)
    after = first + timedelta(days=7) if unit == "week" else (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime.combine(day, time(), zone) for day in (first, after))
    begun, ended = (moment.replace(tzinfo=UTC).astimezone(zone).date() for moment in (span.first, span.last))
    is_cut = (filters.since is not None and filters.since.replace(tzinfo=UTC) > start) or (
        filters.until is not None and filters.until.replace(tzinfo=UTC) < end
    )
    return is_cut or begun > first or ended < after - timedelta(days=1) or now < end


def zero(name: str) -> Any:
    """Write the sum of nothing."""
    return Decimal(0) if name.endswith("_usd") else 0


def gaps(unit: str, found: Sequence[Any], filters: Filters) -> tuple[Gap, ...]:
    """List the times that are too long to be filled, in order."""
    spans = stretches(unit, found, filters) if found and unit != BLOCK else []
    return tuple(
        Gap(name_of(unit, before[-1], filters), name_of(unit, after[0], filters)) for before, after in pairwise(spans)
    )


def calendar(unit: str, found: Sequence[Any], filters: Filters) -> Iterator[Any]:
    """List every value of a unit of time between the bounds, in order, of what `gaps` names none; blocks as found."""
    if unit == BLOCK:
        yield from sorted(set(found), key=datetime.fromisoformat)
        return
    for stretch in stretches(unit, found, filters):
        yield from between(unit, stretch[0], stretch[-1], filters)


def between(unit: str, first: Any, last: Any, filters: Filters) -> Iterator[Any]:
    """List every value of a unit from one of its beginnings to another."""
    step = QUARTER if unit == "hour" else timedelta(days=1)
    moments = (first + step * number for number in range((last - first) // step + 1))
    yield from dict.fromkeys(name_of(unit, moment, filters) for moment in moments)


def stretches(unit: str, found: Sequence[Any], filters: Filters) -> list[list[Any]]:
    """Part the beginnings of all values, and the bounds, where more than LONGEST lies between two of them."""
    starts = sorted({*(begin(unit, value) for value in set(found)), *bounds(unit, filters)})
    parted = [starts[:1]]
    for earlier, later in pairwise(starts):
        if later - earlier > LONGEST[unit]:
            parted.append([])
        parted[-1].append(later)
    return parted


def bounds(unit: str, filters: Filters) -> Iterator[Any]:
    """Give the beginnings of what --since and --until lie in; what is still to come is left empty."""
    if filters.since:
        yield of_moment(unit, filters.since.replace(tzinfo=UTC).astimezone(filters.zone))
    if filters.until and filters.until <= datetime.now(UTC).replace(tzinfo=None):
        inside = filters.until.replace(tzinfo=UTC) - timedelta(microseconds=1)
        yield of_moment(unit, inside.astimezone(filters.zone))


def begin(unit: str, value: Any) -> Any:
    """Read a value of a unit of time back: an hour as its first moment, others as their first day."""
    if unit == "hour":
        return datetime.fromisoformat(value)
    if unit == "week":
        year, week = value.split("-W")
        return date.fromisocalendar(int(year), int(week), 1)
    return value if unit == "day" else date.fromisoformat(f"{value}-01")


def of_moment(unit: str, moment: datetime) -> Any:
    """Give the hour or the day that a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0) if unit == "hour" else moment.date()


def name_of(unit: str, moment: Any, filters: Filters) -> Any:
    """Write a value of a unit of time as the store does, of any moment in it."""
    return hour_name(moment.astimezone(filters.zone)) if unit == "hour" else day_name(unit, moment)


def hour_name(moment: datetime) -> str:
    """Write an hour as the store does."""
    text = moment.isoformat(timespec="minutes")
    return text[:14] + "00" + ("Z" if moment.utcoffset() == timedelta(0) and moment.tzinfo is UTC else text[16:])


def day_name(unit: str, day: date) -> Any:
    """Write the day, week or month of a day as the store does."""
    if unit == "day":
        return day
    return f"{day:%G-W%V}" if unit == "week" else f"{day:%Y-%m}"
