"""Make a snapshot of the sums."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from llmcost.alerts.slots import slot_of
from llmcost.report.budget import Budget
from llmcost.watch.caches import caches_of
from llmcost.watch.days import budget_lines, expected
from llmcost.watch.kept import days_ago, hour_to, midnight_before
from llmcost.watch.outcomes import health_of
from llmcost.watch.snapshot import ALL, AlertLine, Groups, Snapshot, Spend
from llmcost.watch.speeds import speeds
from llmcost.watch.sums import WEEK, Sums

LEAST_DAYS = 3


def compose(sums: Sums, budgets: tuple[Budget, ...], alerts: tuple[AlertLine, ...], now: datetime) -> Snapshot:
    """Make a snapshot of what was read until now, UTC."""
    groups = spends(sums, now)
    by = {name: tuple(found for (by, _), found in groups.items() if by == name) for name in ("model", "key", "project")}
    cache, caches = caches_of(sums, now)
    return Snapshot(
        now,
        sums.written.newest(now),
        sums.asked.zone,
        groups.get(ALL, Spend(None, Decimal(0), Decimal(0), 0, 0, 0, 0)),
        usual(sums, now),
        expected(sums, groups, now),
        tuple(budget_lines(sums, budgets, groups, now)),
        largest(by["model"]),
        largest(by["key"]),
        # requests of which none has a project have no table of projects
        largest(by["project"]) if any(found.name is not None for found in by["project"]) else (),
        speeds(sums, now),
        cache,
        caches,
        health_of(sums, now),
        alerts,
        where=sums.asked.where,
    )


def largest(found: Iterable[Spend]) -> tuple[Spend, ...]:
    """Sort by what the last hour has cost, then by today."""
    return tuple(
        sorted(
            found, key=lambda one: (-(one.hour_usd or 0), -(one.today_usd or 0), -one.today_requests, one.name or "")
        )
    )


def spends(sums: Sums, now: datetime) -> Groups:
    """Add up the slots of the last hour and of today, by column and name."""
    hour = Adding(sums, hour_to(slot_of(now)), now)
    today = Adding(sums, midnight_before(now, sums.asked.zone), now)
    return {
        (by, name): Spend(
            name,
            hour.cost(by, name),
            today.cost(by, name),
            hour.requests[by, name],
            today.requests[by, name],
            hour.errors[by, name],
            today.requests[by, name] - today.costed[by, name],
        )
        for by, name in sorted(hour.requests.keys() | today.requests.keys(), key=lambda key: (key[0], key[1] or ""))
    }


class Adding:
    """Spend since a slot, added up by column and name."""

    def __init__(self, sums: Sums, first: int, now: datetime) -> None:
        self.costs: defaultdict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
        self.requests: Counter[tuple[str, str | None]] = Counter()
        self.costed: Counter[tuple[str, str | None]] = Counter()
        self.errors: Counter[tuple[str, str | None]] = Counter()
        for _, by, name, requests, costed, cost, errors in sums.recent["spend"].between(first, slot_of(now)):
            key = (by, name)
            self.requests[key] += requests
            self.costed[key] += costed
            self.errors[key] += errors
            if cost is not None:
                self.costs[key] += cost

    def cost(self, by: str, name: str | None) -> Decimal | None:
        """Give the cost of a group, None where it has requests and none of them has one."""
        is_unknown = self.requests[by, name] and not self.costed[by, name]
        return None if is_unknown else self.costs[by, name]


def usual(sums: Sums, now: datetime) -> Decimal | None:
    """Give the median of what this hour cost on the last seven days, where logs had begun on three of them."""
    ends = [days_ago(now, days, sums.asked.zone) for days in range(1, WEEK + 1)]
    first = sums.written.first
    known = [end for end in ends if first is not None and first <= hour_to(end)]
    if len(known) < LEAST_DAYS:
        return None
    return statistics.median(sum(sums.costs_of(range(hour_to(end), end + 1)), Decimal(0)) for end in known)
