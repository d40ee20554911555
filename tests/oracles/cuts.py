"""How a report is cut: groups, the rest of them, time in any zone with its gaps, filters, two periods side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from typing import Any

from tests.oracles.views import VIEWS, Request, Row

HALF_HOUR = timedelta(minutes=30)
Key = tuple[Any, ...]
Rows = dict[Key, Row]


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Tell a UTC time as people of a zone do."""
    return moment.replace(tzinfo=UTC).astimezone(zone)


def hour(moment: datetime) -> str:
    """Name the hour that a local time lies in; told apart by its offset where a clock shows it twice."""
    if moment.tzinfo is UTC:
        return f"{moment:%Y-%m-%dT%H:00Z}"
    name = f"{moment:%Y-%m-%dT%H:00%z}"
    return f"{name[:-2]}:{name[-2:]}"


def week(day: date) -> str:
    """Name a week by the year that its Thursday lies in."""
    thursday = day + timedelta(days=3 - day.weekday())
    return f"{thursday.year}-W{(thursday.timetuple().tm_yday - 1) // 7 + 1:02}"


UNITS: dict[str, Callable[[datetime], Any]] = {
    "hour": hour,
    "day": lambda moment: moment.date(),
    "week": lambda moment: week(moment.date()),
    "month": lambda moment: f"{moment:%Y-%m}",
}
COLUMNS: dict[str, Callable[[Request], Any]] = {
    "model": lambda r: r["response_model"] or r["request_model"],
    "provider": lambda r: r["provider_name"],
    "key": lambda r: r["api_key_alias"] or r["api_key_id"],
    "team": lambda r: r["team_alias"] or r["team_id"],
    "user": lambda r: r["user_id"],
    "status": lambda r: r["status"],
    "operation": lambda r: r["operation_name"],
    "error_kind": lambda r: r["kind"],
    "stream": lambda r: r["is_stream"],
    "cache_hit": lambda r: r["gateway_cache_hit"],
}


def values(r: Request, column: str, zone: tzinfo) -> list[Any]:
    """Give what a request counts under: a tag after the other, else one value."""
    if column == "tag":
        return r["tags"] or [None]
    if column in UNITS:
        return [UNITS[column](local(r["started_at"], zone))]
    return [COLUMNS[column](r)]


def keys(r: Request, by: Sequence[str], zone: tzinfo) -> Iterator[Key]:
    """Give every group that a request is in."""
    if not by:
        yield ()
        return
    for value in values(r, by[0], zone):
        for rest in keys(r, by[1:], zone):
            yield (value, *rest)


def rows(
    view: str,
    requests: Sequence[Request],
    by: Sequence[str],
    zone: tzinfo = UTC,
    named: Callable[[Key], Key] = lambda key: key,
) -> Rows:
    """Give a view's rows by group and labels; `named` may call several groups by one name."""
    groups: dict[Key, dict[str, Request]] = defaultdict(dict)
    for r in requests:
        for key in keys(r, by, zone):
            groups[named(key)][r["request_id"]] = r
    return {
        (*key, *label): row
        for key, members in groups.items()
        for label, row in VIEWS[view](list(members.values()), requests).items()
    }


# what makes a row the larger of two, the most telling first
SIZES = {
    "overview": ("cost_usd", "requests"),
    "cost": ("cost_usd", "requests"),
    "latency": ("requests",),
    "cache": ("input_tokens", "requests"),
    "errors": ("errors",),
    "reliability": ("steps",),
    "efficiency": ("input_tokens", "requests"),
}


# views that tell rows of one group apart
LABELLED = ("latency", "errors", "reliability")


def largest(view: str, found: Rows, columns: int) -> list[Key]:
    """Order groups by what their rows come to, then by their first row, then by name; the unknown stands last."""
    ordered = sorted(found, key=lambda key: (*(size(found[key][name]) for name in SIZES[view]), *map(name_of, key)))
    groups = list(dict.fromkeys(key[:columns] for key in ordered))
    if view not in LABELLED:
        return groups
    sums = {group: sum(found[key][SIZES[view][0]] for key in found if key[:columns] == group) for group in groups}
    return sorted(groups, key=lambda group: -sums[group])


def size(value: Any) -> tuple[bool, Any]:
    return value is None, -(value or 0)


def name_of(value: Any) -> tuple[bool, Any]:
    return value is None, "" if value is None else value


def where(requests: Iterable[Request], conditions: Sequence[str]) -> list[Request]:
    """Keep what `column=value` and `column!=value` ask for; a column named twice may have either value."""
    return [r for r in requests if all(fits(r, name, conditions) for name in {c.partition("=")[0] for c in conditions})]


def fits(r: Request, name: str, conditions: Sequence[str]) -> bool:
    wanted = [value for condition in conditions for left, _, value in [condition.partition("=")] if left == name]
    found = {"" if value is None else str(value) for value in values(r, name.removesuffix("!"), UTC)}
    return bool(found & set(wanted)) is not name.endswith("!")


def calendar(unit: str, first: datetime, last: datetime, zone: tzinfo) -> list[Any]:
    """List every hour, day, week or month from one UTC time to another, both included, in order.

    Every half hour that a wall could show is looked at, and kept where the clocks of the zone did show it.
    """
    shown = set()
    start, end = local(first, zone).date() - timedelta(days=1), local(last, zone).date() + timedelta(days=1)
    for number in range((end - start).days + 1):
        for half in range(48):
            wall = datetime.combine(start + timedelta(days=number), time()) + half * HALF_HOUR
            for fold in (0, 1):
                moment = wall.replace(tzinfo=zone, fold=fold)
                if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
                    shown.add(moment.astimezone(UTC))
    wanted = [local(moment, zone) for moment in (first, last)]
    names = list(dict.fromkeys(UNITS[unit](moment.astimezone(zone)) for moment in sorted(shown)))
    ats = [names.index(UNITS[unit](moment)) for moment in wanted]
    return names[ats[0] : ats[1] + 1]


def ends(requests: Sequence[Request], since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """Say from when to when time goes: the bounds that are given and gone by, else the first and last request."""
    times = [r["started_at"] for r in requests]
    gone = until is not None and until <= datetime.now(UTC).replace(tzinfo=None)
    return since or min(times), until - timedelta(microseconds=1) if until and gone else max(times)


def is_partial(
    unit: str, value: Any, requests: Sequence[Request], bounds: Sequence[datetime | None], zone: tzinfo
) -> bool:
    """Tell whether some day of a week or month is cut off: by --since, --until, the first or last log, or the clock."""
    since, until = bounds
    first_log, last_log = (local(end(r["started_at"] for r in requests), zone).date() for end in (min, max))
    start = date(int(value[:4]), 1, 1) - timedelta(days=7)
    days = [
        day for day in (start + timedelta(days=n) for n in range(380)) if UNITS[unit](at_midnight(day, zone)) == value
    ]
    begin, end = at_midnight(days[0], zone), at_midnight(days[-1] + timedelta(days=1), zone)
    return (
        (since is not None and local(since, zone) > begin)
        or (until is not None and local(until, zone) < end)
        or first_log > days[0]
        or last_log < days[-1]
        or datetime.now(UTC) < end
    )


def at_midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def zero(name: str) -> Any:
    return Fraction(0) if name.endswith("_usd") else 0


def in_time(found: Rows, times: Sequence[Any], columns: Sequence[str], sums: Sequence[str]) -> Rows:
    """Fill in for each group the times in which it has no row: sums are 0, nothing else is known."""
    nothing = {name: zero(name) if name in sums else None for name in columns}
    groups = list(dict.fromkeys(key[1:] for key in found))
    return {(at, *group): found.get((at, *group), nothing) for at in times for group in groups}


def compared(before: Rows, now: Rows, whole: tuple[Row, Row], measure: str, sums: Sequence[str]) -> dict[Key, Any]:
    """Give for each group the measure before, now, its change, that as a share of before, and of the whole change.

    There is a share of the whole where at least half of what moved is left of it.
    """
    found = {}
    moved = Fraction(0)
    for key in {*before, *now}:
        old, new = (
            period[key][measure] if key in period else (0 if measure in sums else None) for period in (before, now)
        )
        change = None if old is None or new is None else new - old
        moved += abs(Fraction(change or 0))
        found[key] = (old, new, change, part(change, old), part(change, difference(whole, measure)))
    if 2 * abs(difference(whole, measure) or 0) < moved:
        return {key: (*row[:4], None) for key, row in found.items()}
    return found


def difference(whole: tuple[Row, Row], measure: str) -> Any:
    old, new = (row[measure] for row in whole)
    return None if old is None or new is None else new - old


def part(some: Any, of: Any) -> Fraction | None:
    return None if some is None or not of else Fraction(some) / Fraction(of)
