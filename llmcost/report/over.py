"""Rows in time: in order, and with the hours, days, weeks or months in which nothing happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.errors import UsageError
from llmcost.report.view import Rows
from llmcost.store import Filters

UNITS = ("hour", "day", "week", "month")
MOST_ROWS = 2_000_000
# zones differ from UTC by whole quarters of an hour
QUARTER = timedelta(minutes=15)


def in_time(
    rows: Rows, columns: tuple[str, ...], unit: str, groups: int, sums: Sequence[str], filters: Filters
) -> Rows:
    """Order rows by their first column, a `unit` of time, and add rows for those in which a group has none.

    The first `groups` columns tell the rows apart. Of a group without requests the `sums` are 0 and nothing else is
    known. Time goes from --since to --until, or where these are not given from the first row to the last.
    """
    if not rows:
        return rows
    times = list(calendar(unit, [row[0] for row in rows], filters))
    keys = list(dict.fromkeys(row[1:groups] for row in rows))
    if len(times) * len(keys) > MOST_ROWS:
        raise UsageError(
            f"--over {unit}: {len(times) * len(keys):,} rows", hint="choose a longer unit, a shorter time, or --top"
        )
    found = {row[:groups]: row for row in rows}
    nothing = tuple(zero(name) if name in sums else None for name in columns[groups:])
    return [found.get((time, *key), (time, *key, *nothing)) for time in times for key in keys]


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
