"""All that snapshots are made of: today and the last hour by slot, what is usual, and what each day has cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from llmcost.alerts.metric import queries as alert_queries
from llmcost.alerts.slots import LONGEST, end_of, naive, slot_of
from llmcost.alerts.written import Written
from llmcost.report.forecast import MOST_DAYS
from llmcost.report.view import views
from llmcost.store import Filters, Priced
from llmcost.watch.kept import Kept, days_ago, hour_to, midnight_before
from llmcost.watch.shelf import queries

RECENT = ("spend", "outcomes", "waits")
WEEK = 7
# requests that are held in memory together
AT_ONCE = 300_000
# what a day has cost is read again so seldom, where requests of a day that is over come late
DAYS_AGAIN = timedelta(minutes=15)
CACHE_COLUMNS = ("cached_tokens", "input_tokens", "cache_saved_usd", "gateway_hits", "gateway_saved_usd")


@dataclass(frozen=True)
class Asked:
    """Which requests are watched, whose midnight counts, and by which columns there are budgets."""

    where: tuple[str, ...] = ()
    zone: tzinfo = UTC
    columns: tuple[str, ...] = ()


@dataclass
class Sums:
    """What was read until now, by slot; `days` has the costs of past days by column and name."""

    asked: Asked
    written: Written = field(default_factory=Written)
    recent: dict[str, Kept] = field(default_factory=lambda: {name: Kept() for name in (*RECENT, "cache")})
    usual: Kept = field(default_factory=Kept)
    days: dict[tuple[int, str | None], dict[date, Decimal]] = field(default_factory=dict)
    days_read: datetime | None = None
    is_past_other: bool = True
    last: int | None = None

    def update(self, priced: Priced, now: datetime) -> set[int]:
        """Read what was written since the last look; give the slots that are others."""
        changed, present = self.written.changed(priced, now), slot_of(now)
        midnight = midnight_before(now, self.asked.zone)
        recent = min(midnight, hour_to(present))
        self.read_usual(priced, self.since(hour_to(days_ago(now, WEEK, self.asked.zone)), changed), recent - 1)
        self.read_recent(priced, self.since(recent, changed), present)
        self.is_past_other |= any(slot < midnight for slot in changed)
        self.read_days(priced, now)
        self.last = present
        for kept in self.recent.values():
            kept.forget(recent)
        self.usual.forget(hour_to(days_ago(now, WEEK, self.asked.zone)))
        return changed

    def since(self, first: int, changed: set[int]) -> int:
        """Number the first slot, from `first` on, that is to be read again."""
        if self.last is None:
            return first
        return min([slot for slot in changed if slot >= first], default=self.last + 1)

    def read_recent(self, priced: Priced, first: int, last: int) -> None:
        """Read slots with all their details, some at a time, so that few requests are in memory."""
        for kept in self.recent.values():
            kept.put((), first)
        for begin, end in self.written.parts(first, last, AT_ONCE):
            scope = priced.scope(self.filters(begin, end), self.asked.columns)
            table = scope.derive(queries()["recent"], first=begin, last=end)
            for name in RECENT:
                self.recent[name].add(priced.rows(queries()[name], {"recent": table}))
            records = priced.records(views()["cache"], {"scope": table})
            self.recent["cache"].add(
                (row["group_1"], row["group_2"], *(row[name] for name in CACHE_COLUMNS))
                for row in records
                if not row["is_total"]
            )

        costs = self.recent["spend"].between(first, last)
        self.usual.put(((row[0], row[5]) for row in costs if row[1] == "all"), first)

    def read_usual(self, priced: Priced, first: int, last: int) -> None:
        """Read what slots have cost before those that are read with all their details."""
        if first <= last:
            scope = priced.scope(self.filters(first, last))
            later = list(self.usual.between(last + 1, slot_of(datetime.max)))
            self.usual.put([*scope.rows(alert_queries()["slot_costs"], first=first, last=last), *later], first)

    def read_days(self, priced: Priced, now: datetime) -> None:
        """Read what past days have cost, where one has ended since, or got other requests some time ago."""
        today = self.local(now).date()
        is_new_day = self.days_read is None or self.local(self.days_read).date() != today
        is_late = self.is_past_other and self.days_read is not None and now - self.days_read >= DAYS_AGAIN
        if not (is_new_day or is_late):
            return
        first = min(today.replace(day=1), today - timedelta(days=MOST_DAYS + 1))
        since = naive(datetime.combine(first, time(), self.asked.zone)) - LONGEST
        until = naive(datetime.combine(today, time(), self.asked.zone))
        scope = priced.scope(Filters(since, until, self.asked.where, self.asked.zone), self.asked.columns)
        self.days = {}
        for at, name, day, cost in scope.rows(queries()["days"]):
            if first <= day < today:
                self.days.setdefault((at, name), {})[day] = cost or Decimal(0)
        self.days_read, self.is_past_other = now, False

    def filters(self, first: int, last: int) -> Filters:
        """Choose the requests that may have ended in these slots."""
        return Filters(end_of(first - 1) - LONGEST, end_of(last), self.asked.where, self.asked.zone)

    def local(self, moment: datetime) -> datetime:
        """Give a moment, UTC, as the local time."""
        return moment.replace(tzinfo=UTC).astimezone(self.asked.zone)

    def costs_of(self, slots: range) -> Iterator[Decimal]:
        """Give what each of these slots has cost, where it is known."""
        return (cost for _, cost in self.usual.between(slots.start, slots.stop - 1) if cost is not None)
