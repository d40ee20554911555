"""The view `scope`: the requests that a command line asks for, grouped by what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from llmcost.errors import UsageError
from llmcost.pricing.nearest import nearest_hint
from llmcost.store.connection import Store
from llmcost.store.quote import literal, quoted
from llmcost.store.where import read_condition, sql_of
from llmcost.store.zone import set_zone

MAX_GROUPS = 4
GROUPS = tuple(f"group_{number}" for number in range(1, MAX_GROUPS + 1))
UNNAMED = "\x1f"  # stands for no value among the values of a group
TIMES = ("hour", "day", "week", "month")


@dataclass(frozen=True)
class Filters:
    """Which requests count: started in [since, until), UTC, and of every condition in `where` (see `where.py`).

    A column named twice with = may have either value. `zone` is what days, hours, weeks and months are counted in.
    """

    since: datetime | None = None
    until: datetime | None = None
    where: tuple[str, ...] = field(default=())
    zone: tzinfo = UTC


@dataclass(frozen=True)
class TopGroups:
    """The groups that stand for themselves, as values of the columns from `first` on; `rest` names the `others`."""

    rows: list[tuple[object, ...]]
    rest: str
    first: int = 0
    others: int = 0


def dimension_names(store: Store) -> list[str]:
    """Name every column that a report can group or filter by."""
    return list(dimension_kinds(store))


def dimension_kinds(store: Store) -> dict[str, str]:
    """Give the type of every column that a report can group or filter by."""
    return {name: kind for name, kind, *_ in store.rows("describe dimensions")} | {"tag": "VARCHAR"}


def create_scope(
    store: Store, filters: Filters, by: tuple[str, ...] | None = (), *, kept: TopGroups | None = None
) -> None:
    """Make the view `scope`: `dimensions` under the filters, with group_1..group_4 as the columns of `by`.

    With `kept` the groups that are not among them become one. Without `by` (None) there are no columns of groups.
    """
    kinds = dimension_kinds(store)
    known = list(kinds)
    set_zone(store, filters.zone)
    named = "" if by is None else f"{', '.join(group_columns(by, known, kept))}, "
    source, once = "dimensions", ""
    if by and "tag" in by:
        # a request counts under each of its tags, and once under none
        source = "(select *, unnest(case when len(tags) > 0 then tags else [null] end) as tag from dimensions)"
        # and with two tags of the rest it is one request of the rest
        once = f"distinct on (dedupe_key, {', '.join(GROUPS)}) " if kept else ""
    conditions = " and ".join(conditions_of(filters, kinds)) or "true"
    store.asked = (filters, by, kept)
    store.execute(f"create or replace temp view scope as select {once}{named}* from {source} where {conditions}")


def group_columns(by: tuple[str, ...], known: list[str], kept: TopGroups | None) -> list[str]:
    """Write group_1..group_4. Raises UsageError for too many columns, or one that there is not."""
    if len(by) > MAX_GROUPS:
        raise UsageError(f"--by takes at most {MAX_GROUPS} columns, not {len(by)}")
    for name in by:
        check_column(name, known)
    groups = [parted(name) for name in by]
    if kept is not None:
        groups = folded(groups, kept)
    groups += ["cast(null as varchar)"] * (MAX_GROUPS - len(by))
    return [f"{group} as {name}" for group, name in zip(groups, GROUPS, strict=True)]


def parted(name: str) -> str:
    """Write a column of groups; where only the file's date is known, no unit of time is."""
    return f"case when not coalesce(is_file_time, false) then {quoted(name)} end" if name in TIMES else quoted(name)


def folded(groups: list[str], kept: TopGroups) -> list[str]:
    """Write group columns that keep some groups and call the rest by one name; the columns before `first` stay."""
    texts = [f"coalesce(cast({group} as varchar), {literal(UNNAMED)})" for group in groups[kept.first :]]
    rows = ["[" + ", ".join(literal(as_text(value)) for value in row) + "]" for row in kept.rows]
    is_kept = f"[{', '.join(texts)}] in ({', '.join(rows)})"
    rest = [literal(kept.rest)] + ["null"] * (len(texts) - 1)
    shown = [
        f"case when {is_kept} then cast({group} as varchar) else {name} end"
        for group, name in zip(groups[kept.first :], rest, strict=True)
    ]
    return groups[: kept.first] + shown


def as_text(value: object) -> str:
    """Write a group's value as DuckDB casts it to text."""
    if value is None:
        return UNNAMED
    return str(value).lower() if isinstance(value, bool) else str(value)


def conditions_of(filters: Filters, kinds: dict[str, str]) -> list[str]:
    """Write the filters as SQL conditions on `dimensions`, whose columns have these types."""
    found = []
    if filters.since:
        found.append(f"started_at >= timestamp {literal(filters.since.isoformat(sep=' '))}")
    if filters.until:
        found.append(f"started_at < timestamp {literal(filters.until.isoformat(sep=' '))}")
    for text in filters.where:
        check_column(read_condition(text).column, list(kinds))
    return found + sql_of(filters.where, kinds, filters.zone)


def check_column(name: str, known: list[str]) -> None:
    """Refuse a column that no request has, and say which there are."""
    if name not in known:
        common = "model, provider, key, team, user, tag, project, operation, status, hour, day, week, month"
        raise UsageError(f"{name}: no such column", hint=nearest_hint(name, known, f"common ones are {common}"))
