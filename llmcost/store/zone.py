"""The zone that days and hours are counted in: its offsets from UTC as the macros `local_time` and `local_hour`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from llmcost.errors import UsageError

if TYPE_CHECKING:
    from llmcost.store.connection import Store

# the offset in seconds, and the UTC time that it ends at; the last has no end
Shift = tuple[datetime | None, int]
TIMES = """
    select
        least((select min(started_at) from requests), (select min(started_at) from summaries)),
        greatest((select max(started_at) from requests), (select max(started_at) from summaries))
"""


def read_zone(text: str) -> tzinfo:
    """Read the name of a time zone, such as Europe/Berlin."""
    try:
        return UTC if text == "UTC" else ZoneInfo(text)
    except (ValueError, KeyError, OSError):
        raise UsageError(f"--tz {text}: no such time zone", hint="for example UTC or Europe/Berlin") from None


def set_zone(store: Store, zone: tzinfo) -> None:
    """Let `local_time` and `local_hour` tell the time in a zone, by its offsets while there are requests."""
    shifts = [] if zone is UTC else offsets(zone, *store.rows(TIMES)[0])
    if not shifts:
        store.execute("create or replace temp macro local_time(utc_time) as utc_time")
        store.execute("create or replace temp macro local_hour(utc_time) as strftime(utc_time, '%Y-%m-%dT%H:00Z')")
        return
    added = by_shift(shifts, lambda seconds: f"interval '{seconds} seconds'")
    names = by_shift(shifts, lambda seconds: f"'{offset_name(seconds)}'")
    store.execute(f"create or replace temp macro local_time(utc_time) as utc_time + {added}")
    store.execute(
        "create or replace temp macro local_hour(utc_time) as "
        f"strftime(utc_time + {added}, '%Y-%m-%dT%H:00') || {names}"
    )


def offsets(zone: tzinfo, first: datetime | None, last: datetime | None) -> list[Shift]:
    """List the offsets of a zone between two UTC times; none where there is no time."""
    found: list[Shift] = []
    if first is None or last is None:
        return found
    start, end = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
    while start < end:
        later = min(start + timedelta(days=1), end)
        if offset(zone, start) != offset(zone, later):
            change = change_between(zone, start, later)
            found.append((change.replace(tzinfo=None), offset(zone, start)))
        start = later
    return [*found, (None, offset(zone, end))]


def change_between(zone: tzinfo, start: datetime, end: datetime) -> datetime:
    """Find the second at which a zone's offset changes, by halves."""
    before = offset(zone, start)
    while end - start > timedelta(seconds=1):
        middle = start + (end - start) / 2
        start, end = (middle, end) if offset(zone, middle) == before else (start, middle)
    return end.replace(microsecond=0)


def offset(zone: tzinfo, moment: datetime) -> int:
    """Give a zone's offset from UTC at a moment, in seconds."""
    shift = moment.astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift else 0


def offset_name(seconds: int) -> str:
    """Write an offset as ISO 8601 does: +02:00."""
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def by_shift(shifts: list[Shift], write: Callable[[int], str]) -> str:
    """Write what holds under each offset as one SQL expression of `utc_time`."""
    *changing, (_, last) = shifts
    whens = [f"when utc_time < timestamp '{end}' then {write(seconds)}" for end, seconds in changing]
    return f"(case {' '.join(whens)} else {write(last)} end)" if whens else write(last)
