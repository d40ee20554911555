"""Which requests a page is about, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import parse_qsl, urlencode

from llmcost.errors import UsageError
from llmcost.store import Filters, parse_when
from llmcost.store.where import escaped

CUSTOM, USUAL = "custom", "24h"
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Range:
    """So long until now; it begins at a whole `step`, so that all who look see the same."""

    label: str
    length: timedelta
    step: timedelta

    def begin(self, now: datetime) -> datetime:
        """Say when it begins."""
        first = now - self.length
        return first - (first - EPOCH) % self.step


RANGES = {
    "1h": Range("1 hour", timedelta(hours=1), timedelta(minutes=1)),
    "24h": Range("24 hours", timedelta(hours=24), timedelta(minutes=5)),
    "7d": Range("7 days", timedelta(days=7), timedelta(hours=1)),
    "30d": Range("30 days", timedelta(days=30), timedelta(hours=1)),
}
COLUMNS = ("key", "model", "provider", "project", "team", "user")
MOST_FIELDS, LONGEST_VALUE = 20, 1000


@dataclass(frozen=True)
class Asked:
    """A range of time, its ends where it is `custom`, and the names that are looked at, by column."""

    range: str = USUAL
    since: str = ""
    until: str = ""
    names: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """Write it as an address has it."""
        ends = [(name, value) for name, value in (("since", self.since), ("until", self.until)) if value]
        return urlencode([("range", self.range), *ends, *self.names])

    def within(self, name: str) -> Asked:
        """Give the same of another range."""
        return replace(self, range=name, since="", until="")

    def with_name(self, column: str, value: str) -> Asked:
        """Give the same of one name of a column."""
        others = tuple(one for one in self.names if one[0] != column)
        return replace(self, names=(*others, (column, value)))

    def without(self, name: tuple[str, str]) -> Asked:
        """Give the same of all names of a column."""
        return replace(self, names=tuple(one for one in self.names if one != name))

    def ends(self, now: datetime, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """Give the ends of a custom range, UTC. Raises UsageError."""
        present = now.replace(tzinfo=UTC)
        since, until = (parse_when(text or None, present, zone) for text in (self.since, self.until))
        return since, until

    def filters(self, where: tuple[str, ...], now: datetime, zone: tzinfo) -> Filters:
        """Say which requests these are now, UTC. Raises UsageError."""
        conditions = (*where, *(f"{column}={escaped(value)}" for column, value in self.names))
        if self.range != CUSTOM:
            return Filters(RANGES[self.range].begin(now), None, conditions, zone)
        since, until = self.ends(now, zone)
        if since and until and since >= until:
            raise UsageError(f"since={self.since} is not before until={self.until}", hint="exchange them")
        return Filters(since, until, conditions, zone)


def read_asked(query: str) -> Asked:
    """Read the query of an address. Raises UsageError for a parameter or a value that there is not."""
    try:
        fields = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise UsageError("the address is not made of name=value&name=value", hint="?range=24h&key=search") from None
    names = tuple((column, value) for column, value in fields if column in COLUMNS)
    single = [(name, value) for name, value in fields if name not in COLUMNS]
    check(single, names)
    given = dict(single)
    ends = given.get("since", ""), given.get("until", "")
    usual = CUSTOM if any(ends) else USUAL
    return checked(Asked(given.get("range", usual), *ends, names))


def check(single: list[tuple[str, str]], names: tuple[tuple[str, str], ...]) -> None:
    """Refuse parameters that there are not, that come twice, or are too long. Raises UsageError."""
    known = ("range", "since", "until")
    for at, (name, value) in enumerate(single):
        if name not in known:
            raise UsageError(f"{name}: no such parameter", hint=f"there are {', '.join((*known, *COLUMNS))}")
        if name in [other for other, _ in single[:at]]:
            raise UsageError(f"{name}: said twice", hint=f"{name}={value}")
    for name, value in (*single, *names):
        if len(value) > LONGEST_VALUE or "\0" in value:
            raise UsageError(f"{name}: no name has this", hint=f"a value has {LONGEST_VALUE:,} characters at most")


def checked(asked: Asked) -> Asked:
    """Give it, where there is such a range. Raises UsageError."""
    has_ends = bool(asked.since or asked.until)
    if asked.range not in (*RANGES, CUSTOM) or has_ends != (asked.range == CUSTOM):
        hint = f"range={', '.join(RANGES)}, or {CUSTOM} with since and until"
        raise UsageError(f"range={asked.range}: no such range", hint=hint)
    return asked
