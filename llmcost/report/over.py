"""Rows in time: in order, and with the hours, days, weeks or months in which nothing happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from llmcost.errors import UsageError
from llmcost.report.span import Span
from llmcost.report.view import Rows
from llmcost.store import Filters

UNITS = ("hour", "day", "week", "month")
# those that take longer than a look at the logs
LONG = ("week", "month")
PARTIAL = "is_partial"
MOST_ROWS = 2_000_000
# zones differ from UTC by whole quarters of an hour
QUARTER = timedelta(minutes=15)


def in_time(
    rows: Rows, columns: tuple[str, ...], unit: str, groups: int, sums: Sequence[str], filters: Filters
) -> Rows:
    """Order rows by their first column, a `unit` of time, and add rows for those in which a group has none.

    The first `groups` columns tell the rows apart. Of a group without requests the `sums` are 0 and nothing else is
    known. Time goes from --since to --until, or where these are not given from the first row to the last. Rows that
    have no time of their own come last.
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
    """Give a value of a unit its place: others of the same day by their moment, what is no time at the end."""
    if value is None:
        return (True, 0.0, "")
    try:
        return (False, datetime.fromisoformat(value).timestamp() if unit == "hour" else 0.0, str(value))
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


def calendar(unit: str, found: Sequence[Any], filters: Filters) -> Iterator[Any]:
    """List every value of a unit of time between the bounds, in order."""
    zone = filters.zone
    starts = [begin(unit, value) for value in found]
    first, last = min(starts), max(starts)
    if filters.since:
        first = min(first, of_moment(unit, filters.since.replace(tzinfo=UTC).astimezone(zone)))
    if filters.until and filters.until <= datetime.now(UTC).replace(tzinfo=None):
        inside = filters.until.replace(tzinfo=UTC) - timedelta(microseconds=1)
        last = max(last, of_moment(unit, inside.astimezone(zone)))
    if unit == "hour":
        count = (last - first) // QUARTER + 1
        moments = (first + QUARTER * number for number in range(count))
        yield from dict.fromkeys(hour_name(moment.astimezone(zone)) for moment in moments)
    else:
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        yield from dict.fromkeys(day_name(unit, day) for day in days)


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


def hour_name(moment: datetime) -> str:
    """Write an hour as the store does."""
    text = moment.isoformat(timespec="minutes")
    return text[:14] + "00" + ("Z" if moment.utcoffset() == timedelta(0) and moment.tzinfo is UTC else text[16:])


def day_name(unit: str, day: date) -> Any:
    """Write the day, week or month of a day as the store does."""
    if unit == "day":
        return day
    return f"{day:%G-W%V}" if unit == "week" else f"{day:%Y-%m}"
