"""Two times of a store side by side: the change of each group, shared out exactly, and when it began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from llmcost.change.factors import Traffic
from llmcost.change.metered import summed
from llmcost.change.split import Part, explain
from llmcost.report.span import MOMENT
from llmcost.store import Filters, Priced
from llmcost.store.engine import Row, table_of
from llmcost.store.scope import GROUPS
from llmcost.why.began import Began, began
from llmcost.why.query import queries

Key = tuple[object, ...]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EPOCH = datetime(1970, 1, 1)
# so seldom some hour is named though nothing began, of all groups together
ERROR = 0.05
# a beginning is looked for where this much of a group's cost changed
MUCH = Fraction(1, 10)


@dataclass(frozen=True)
class Group:
    """One group: USD a day before and now, its parts of the change by factor, and what each did, in words.

    `began_at` is the hour, UTC, in which it changed, with how certain that is; None where no hour stands out. `first`
    are the ids of the first requests from then on. A group `is_new` that had not cost anything before.
    """

    key: Key
    before_usd: Fraction
    now_usd: Fraction
    parts: dict[str, Fraction]
    notes: tuple[Part, ...]
    began_at: datetime | None = None
    certainty: float | None = None
    first: tuple[str, ...] = ()

    @property
    def change_usd(self) -> Fraction:
        """What a day costs more."""
        return self.now_usd - self.before_usd

    @property
    def is_new(self) -> bool:
        """Whether it had not cost anything before."""
        return not self.before_usd

    @property
    def is_over(self) -> bool:
        """Whether it costs nothing any more."""
        return not self.now_usd


@dataclass(frozen=True)
class Why:
    """The groups of two times, those that changed most first; USD a day of all."""

    groups: tuple[Group, ...]
    before_usd: Fraction
    now_usd: Fraction


def why(priced: Priced, before: Filters, now: Filters, by: tuple[str, ...]) -> Why:
    """Share the change of cost a day between two times, which have both ends, among groups and what changed in them."""
    sides = [traffic(priced, side, by) for side in (before, now)]
    keys = list(dict.fromkeys(key for side in sides for key in side))
    groups = [group(key, *(side.get(key, []) for side in sides)) for key in keys]
    groups.sort(key=lambda one: -abs(one.change_usd))
    found = Why(
        tuple(groups),
        sum((one.before_usd for one in groups), Fraction()),
        sum((one.now_usd for one in groups), Fraction()),
    )
    return replace(found, groups=tuple(dated(priced, before, now, by, found.groups)))


def traffic(priced: Priced, side: Filters, by: tuple[str, ...]) -> dict[Key, list[Traffic]]:
    """Sum up what each group sent in a day of a time, by model."""
    assert side.since and side.until, "a time has both ends"
    days = Fraction((side.until - side.since) // MOMENT, DAY // MOMENT)
    rows: dict[tuple[Key, str], list[Row]] = {}
    for row in priced.scope(side, by).records(queries()["traffic"]):
        rows.setdefault((key_of(row), row["model"] or "(no model)"), []).append({**row, "runs": days})
    found: dict[Key, list[Traffic]] = {}
    for (key, model), some in rows.items():
        found.setdefault(key, []).append(summed("", model, "", some))
    return found


def group(key: Key, before: list[Traffic], now: list[Traffic]) -> Group:
    """Share out the change of one group."""
    split = explain(before, now, each="day")
    return Group(key, cost(before), cost(now), split.parts, split.by_route)


def cost(side: Iterable[Traffic]) -> Fraction:
    """Add up what a side costs a day."""
    return sum((usd for one in side for usd in one.costs.values()), Fraction())


def key_of(row: Row) -> Key:
    """Take the values of a group."""
    return tuple(row[name] for name in GROUPS)


def dated(
    priced: Priced, before: Filters, now: Filters, by: tuple[str, ...], groups: Sequence[Group]
) -> Iterable[Group]:
    """Put to each group when its change began, and its first requests from then on."""
    series = [hours(priced, side, by) for side in (before, now)]
    lengths = [whole_hours(side) for side in (before, now)]
    begun = {one.key: beginning(one, [of.get(one.key, {}) for of in series], lengths) for one in groups}
    certain = 1 - ERROR / max(len(groups), 1)
    named = {key: found for key, found in begun.items() if found is not None and found.certainty >= certain}
    starts = {key: start(found.hour, before, now) for key, found in named.items()}
    first = first_requests(priced, replace(now, since=before.since), by, starts)
    for one in groups:
        at = starts.get(one.key)
        certainty = named[one.key].certainty if at else None
        yield replace(one, began_at=at, certainty=certainty, first=first.get(one.key, ()))


def hours(priced: Priced, side: Filters, by: tuple[str, ...]) -> dict[Key, dict[int, float]]:
    """Give what each group cost in hours since 1970."""
    found: dict[Key, dict[int, float]] = {}
    for row in priced.scope(side, by).records(queries()["hours"]):
        found.setdefault(key_of(row), {})[row["hour_number"]] = float(row["cost_usd"])
    return found


def whole_hours(side: Filters) -> range:
    """Name the hours of a time, the last of which may be cut."""
    assert side.since and side.until, "a time has both ends"
    return range((side.since - EPOCH) // HOUR, -(-(side.until - EPOCH) // HOUR))


def beginning(one: Group, costs: Sequence[dict[int, float]], lengths: Sequence[range]) -> Began | None:
    """Find when a group's cost changed, where it changed by much: of a new one it is its first hour."""
    if abs(one.change_usd) < MUCH * max(one.before_usd, one.now_usd):
        return None
    if one.is_new and costs[1]:
        return Began(len(lengths[0]) + lengths[1].index(min(costs[1])), 1.0)
    sides = [[cost.get(hour, 0.0) for hour in length] for cost, length in zip(costs, lengths, strict=True)]
    return began(*sides)


def start(hour: int, before: Filters, now: Filters) -> datetime:
    """Give the beginning of an hour, counted through both times."""
    own = whole_hours(before)
    number = own[hour] if hour < len(own) else whole_hours(now)[hour - len(own)]
    return EPOCH + number * HOUR


def first_requests(
    priced: Priced, both: Filters, by: tuple[str, ...], starts: dict[Key, datetime]
) -> dict[Key, tuple[str, ...]]:
    """Name the first requests of groups from a moment on."""
    if not starts:
        return {}
    kinds = priced.columns
    types = {name: kinds[by[at]] if at < len(by) else "varchar" for at, name in enumerate(GROUPS)}
    rows = [(*key, int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000) for key, at in starts.items()]
    begun = table_of({**types, "began_us": "bigint"}, rows)
    found: dict[Key, tuple[str, ...]] = {}
    for row in priced.scope(both, by).records(queries()["first_requests"], {"begun": begun}):
        key = key_of(row)
        found[key] = (*found.get(key, ()), row["request_id"])
    return found
