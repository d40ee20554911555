"""What is asked of the store while it is open: which budgets are spent today, and what their keys really spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from importlib import resources

from llmcost.alerts.daily import budget_of, start_of
from llmcost.alerts.rules import THROTTLE, AlertSettings
from llmcost.alerts.slots import EPOCH, LONGEST
from llmcost.alerts.state import Memory
from llmcost.report.budget import Budget
from llmcost.shelf import Query, shipped_shelf
from llmcost.store import Filters, Priced

SPENT = 2  # the level of a budget that is spent, and not only nearly so


@dataclass(frozen=True)
class Wanted:
    """A key whose alert says that its budget was spent on `day`."""

    key: str
    budget_usd: Decimal
    day: date


@dataclass(frozen=True)
class KeySpent:
    """What one API key cost today; without an id it cannot be found at the gateway."""

    key: str
    id: str | None
    cost_usd: Decimal


@dataclass(frozen=True)
class Looked:
    """What the store says: who is to be throttled, what each cost since midnight, and when the newest request ended."""

    wanted: tuple[Wanted, ...] = ()
    spent: tuple[KeySpent, ...] = ()
    newest: datetime | None = None


@cache
def queries() -> dict[str, Query]:
    """Read what is asked inside, by name."""
    return shipped_shelf(resources.files("llmcost.throttle") / "queries", Query)


def look(priced: Priced, settings: AlertSettings, budgets: tuple[Budget, ...], memory: Memory, now: datetime) -> Looked:
    """Find who is to be throttled, and ask again what they spent, at the prices of now. `now` is UTC."""
    wanted = tuple(wanted_of(settings, budgets, memory))
    return Looked(wanted, *spent_today(priced, settings.zone, now)) if wanted else Looked()


def wanted_of(settings: AlertSettings, budgets: tuple[Budget, ...], memory: Memory) -> list[Wanted]:
    """List the keys whose budget is spent, of rules that throttle."""
    throttling = {rule.name for rule in settings.rules if rule.then == THROTTLE}
    found = []
    for alert, state in memory.states().items():
        budget = budget_of(budgets, alert.by, alert.name)
        is_spent = state.is_firing and state.level == SPENT and state.day is not None
        if alert.rule in throttling and alert.by == "key" and is_spent and budget is not None and state.day:
            found.append(Wanted(alert.name, budget, state.day))
    return found


def spent_today(priced: Priced, zone: tzinfo, now: datetime) -> tuple[tuple[KeySpent, ...], datetime | None]:
    """Ask what each API key cost since midnight, and when the newest request ended."""
    midnight = start_of(local_day_of(now, zone), zone)
    scope = priced.scope(Filters(midnight - LONGEST, now), None)
    rows = scope.rows(queries()["spent_today"], since_us=micros(midnight), now_us=micros(now))
    newest = max((row[3] for row in rows), default=None)
    # a key that had nothing today may be known under other ids of other days
    spent = tuple(KeySpent(key, id, Decimal(cost or 0)) for key, id, cost, _, requests in rows if requests)
    return spent, None if newest is None else EPOCH + timedelta(microseconds=newest)


def local_day_of(now: datetime, zone: tzinfo) -> date:
    """Give the local day of a moment in UTC."""
    return now.replace(tzinfo=UTC).astimezone(zone).date()


def micros(moment: datetime) -> int:
    """Count microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)
