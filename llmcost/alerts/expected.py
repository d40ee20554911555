"""What a day without a budget is expected to cost: what days of its weekday did in the four weeks before.

It is worked out once a day, as forecasts of reports are, and kept: what comes late moves no limit under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from llmcost.alerts.daily import budget_of, local_day, start_of
from llmcost.alerts.evaluate import last_whole_slot
from llmcost.alerts.metric import queries
from llmcost.alerts.observe import SLOTS_A_DAY
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.slots import LONGEST, slot_of
from llmcost.alerts.state import Memory
from llmcost.report.budget import Budget
from llmcost.report.forecast import MOST_DAYS, WEEK, forecast, whole_days
from llmcost.store import Filters, Priced

# so that each weekday has been there twice
LEAST_DAYS = 2 * WEEK
SCHEMA = "create table if not exists expected_days (of text, day text, usd real, primary key (of, day))"
Expected = dict[date, float | None]


def expecting_now(
    settings: AlertSettings, budgets: tuple[Budget, ...], priced: Priced, now: datetime, memory: Memory | None
) -> AlertSettings:
    """Give the settings with what the days that a check at `now`, UTC, can judge are expected to cost."""
    last = last_whole_slot(now, settings)
    return expecting(settings, budgets, priced, (last - SLOTS_A_DAY, last), memory)


def expecting(
    settings: AlertSettings,
    budgets: tuple[Budget, ...],
    priced: Priced,
    slots: tuple[int, int],
    memory: Memory | None = None,
) -> AlertSettings:
    """Give the settings with what the local days of slots, the first and the last, are expected to cost.

    Days that are in the memory are not worked out again.
    """
    asked = {rule for rule in settings.rules if rule.is_expecting and budget_of(budgets, rule.by, rule.by) is None}
    if not asked:
        return settings
    first, last = (local_day(slot, settings.zone) for slot in slots)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = expected_days(priced, settings.zone, days) if memory is None else kept_days(memory, priced, settings, days)
    known = tuple((day, usd) for day, usd in found.items() if usd is not None)
    rules = tuple(replace(rule, expected=known) if rule in asked else rule for rule in settings.rules)
    return replace(settings, rules=rules)


def kept_days(memory: Memory, priced: Priced, settings: AlertSettings, days: list[date]) -> Expected:
    """Work out those of some days that are not kept for these prices and this zone, and keep them."""
    of = f"{priced.book.sha256} {settings.zone}"
    memory.rows(SCHEMA)
    with memory.transaction():
        memory.rows("delete from expected_days where of <> ? or day < ?", of, days[0].isoformat())
        found: Expected = {
            date.fromisoformat(day): usd for day, usd in memory.rows("select day, usd from expected_days")
        }
        missing = [day for day in days if day not in found]
        if missing:
            found |= expected_days(priced, settings.zone, missing)
        for day in missing:
            memory.rows("insert into expected_days values (?, ?, ?)", of, day.isoformat(), found[day])
    return found


def expected_days(priced: Priced, zone: tzinfo, days: list[date]) -> Expected:
    """Work out what each of some days, in order, is expected to cost."""
    since, until = start_of(days[0] - timedelta(days=MOST_DAYS + 1), zone), start_of(days[-1], zone)
    scope = priced.scope(Filters(since - LONGEST, until))
    rows = scope.rows(queries()["slot_costs"], first=slot_of(since), last=slot_of(until) - 1)
    return expected_of(costs_of(rows, zone), days)


def costs_of(slots: Iterable[tuple[int, Decimal | None]], zone: tzinfo) -> dict[date, Decimal]:
    """Sum what slots have cost by local day; what is not known adds nothing."""
    found: dict[date, Decimal] = {}
    for slot, cost in slots:
        day = local_day(slot, zone)
        found[day] = found.get(day, Decimal(0)) + (cost or 0)
    return found


def expected_of(costs: Mapping[date, Decimal], days: Iterable[date]) -> Expected:
    """Forecast each of some days from those before it; None where two whole weeks are not known."""
    found: Expected = {}
    for day in days:
        past = {one: cost for one, cost in costs.items() if one < day}
        usd = forecast(past, day, day, day).expected_usd
        is_known = usd is not None and len(whole_days(past, day)) >= LEAST_DAYS
        found[day] = float(usd or 0) if is_known else None
    return found
