"""The requests that a command line asks for, grouped by what it asks for: the table `scope`, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from llmcost.errors import UsageError
from llmcost.pricing.nearest import nearest_hint
from llmcost.store.blocks import BLOCK, WITH_BLOCKS, are_asked_for, whose
from llmcost.store.engine import DerivedTable, Engine, Inputs, Tables
from llmcost.store.quote import literal, quoted
from llmcost.store.where import read_condition, sql_of

if TYPE_CHECKING:
    from llmcost.store.priced import Priced

MAX_GROUPS = 4
GROUPS = tuple(f"group_{number}" for number in range(1, MAX_GROUPS + 1))
UNNAMED = "\x1f"  # stands for no value among the values of a group
TIMES = ("hour", BLOCK, "day", "week", "month")


@dataclass(frozen=True)
class Filters:
    """Which requests count: started in [since, until), UTC, and of every condition in `where` (see `where.py`).

    A column named twice with = may have either value. `zone` is what days, hours, weeks and months are counted in.
    Blocks of five hours are those of the requests that the other conditions choose, whenever they started.
    """

    since: datetime | None = None
    until: datetime | None = None
    where: tuple[str, ...] = field(default=())
    zone: tzinfo = UTC


@dataclass(frozen=True)
class TopGroups:
    """The groups that stand for themselves, as values of the columns from `first` on.

    The `others`, so many, are one group named `other_label`.
    """

    rows: tuple[tuple[object, ...], ...]
    other_label: str
    first: int = 0
    others: int = 0


@dataclass(frozen=True)
class Scope(Tables):
    """Priced requests under filters, with group_1..group_4 as the columns of `by`; without it (None) no such columns.

    With `top` the groups that are not among them are one. A query raises UsageError for a column that no request has,
    for more than four columns of `by`, and for a value that a column cannot have.
    """

    priced: Priced
    filters: Filters = Filters()
    by: tuple[str, ...] | None = ()
    top: TopGroups | None = None

    @property
    def engine(self) -> Engine:
        """The store that the requests are in."""
        return self.priced.engine

    @property
    def tables(self) -> Inputs:
        """`scope`, and what is made of prices."""
        return {**self.priced.tables, "scope": self}

    @property
    def block_hours(self) -> DerivedTable | None:
        """Which block each hour is in, where anything asks for blocks."""
        is_asked_for = are_asked_for(self.by, self.filters)
        return self.priced.block_hours(whose(self.filters)) if is_asked_for else None

    @property
    def is_empty(self) -> bool:
        """Whether no request is asked for."""
        return not self.rows("select 1 from scope limit 1")


def scope_query(scope: Scope, kinds: dict[str, str]) -> str:
    """Write a scope as a query over `dimensions`, whose columns have these types, and `block_hours`.

    Raises UsageError.
    """
    by, top = scope.by, scope.top
    named = "" if by is None else f"{', '.join(group_columns(by, list(kinds), top))}, "
    source, once = WITH_BLOCKS if are_asked_for(by, scope.filters) else "dimensions", ""
    if by and "tag" in by:
        # a request counts under each of its tags, and once under none
        source = f"(select *, unnest(case when len(tags) > 0 then tags else [null] end) as tag from {source})"
        # and with two tags of the others it is one request of the others
        once = f"distinct on (dedupe_key, {', '.join(GROUPS)}) " if top else ""
    conditions = " and ".join(conditions_of(scope.filters, kinds)) or "true"
    return f"select {once}{named}* from {source} where {conditions}"


def group_columns(by: tuple[str, ...], known: list[str], top: TopGroups | None) -> list[str]:
    """Write group_1..group_4. Raises UsageError for too many columns, or one that there is not."""
    if len(by) > MAX_GROUPS:
        raise UsageError(f"--by takes at most {MAX_GROUPS} columns, not {len(by)}")
    for name in by:
        check_column(name, known)
    groups = [parted(name) for name in by]
    if top is not None:
        groups = folded(groups, top)
    groups += ["cast(null as varchar)"] * (MAX_GROUPS - len(by))
    return [f"{group} as {name}" for group, name in zip(groups, GROUPS, strict=True)]


def parted(name: str) -> str:
    """Write a column of groups; where only the file's date is known, no unit of time is."""
    return f"case when not coalesce(is_file_time, false) then {quoted(name)} end" if name in TIMES else quoted(name)


def folded(groups: list[str], top: TopGroups) -> list[str]:
    """Write group columns that keep some groups and call the others by one name; the columns before `first` stay."""
    texts = [f"coalesce(cast({group} as varchar), {literal(UNNAMED)})" for group in groups[top.first :]]
    rows = ["[" + ", ".join(literal(as_text(value)) for value in row) + "]" for row in top.rows]
    is_kept = f"[{', '.join(texts)}] in ({', '.join(rows)})"
    others = [literal(top.other_label)] + ["null"] * (len(texts) - 1)
    shown = [
        f"case when {is_kept} then cast({group} as varchar) else {name} end"
        for group, name in zip(groups[top.first :], others, strict=True)
    ]
    return groups[: top.first] + shown


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
        common = "model, provider, key, team, user, tag, project, operation, status, hour, block, day, week, month"
        raise UsageError(f"{name}: no such column", hint=nearest_hint(name, known, f"common ones are {common}"))
