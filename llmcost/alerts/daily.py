"""Budgets of a day: whose they are, and what each local day has cost up to each slot; they begin anew at midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache

import numpy as np

from llmcost.alerts.observe import Observed
from llmcost.alerts.rules import Rule
from llmcost.alerts.slots import Numbers, end_of
from llmcost.report.budget import EVERYTHING, Budget

# offsets from UTC are whole quarters of an hour, and so many slots are one
QUARTER = 3


@cache
def local_day(slot: int, zone: tzinfo) -> date:
    """Give the local day that a slot begins in."""
    return end_of(slot - 1).replace(tzinfo=UTC).astimezone(zone).date()


def start_of(day: date, zone: tzinfo) -> datetime:
    """Give the moment in UTC that a local day begins; where the clock leaves midnight out, the first that there is."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


@cache
def midnights(first: int, size: int, zone: tzinfo) -> tuple[int, ...]:
    """Number the slots after `first` that begin a local day, of so many."""
    quarters = range(-first % QUARTER, size, QUARTER)
    return tuple(at for at in quarters if at and local_day(first + at, zone) != local_day(first + at - 1, zone))


def since_midnight(amount: Numbers, first: int, zone: tzinfo) -> Numbers:
    """Sum each local day up to each slot of it; decimals beyond nine are noise."""
    sums = np.concatenate([[0.0], np.cumsum(amount)])
    starts = np.zeros(len(amount), dtype=np.int64)
    for at in midnights(first, len(amount), zone):
        starts[at:] = at
    return np.asarray(np.round(sums[1:] - sums[starts], 9))


def budget_of(budgets: tuple[Budget, ...], by: str, name: str) -> Decimal | None:
    """Find what a name may cost in a day: its own budget, or that of each of its column."""
    found = {
        budget.value: budget.limit_usd
        for budget in budgets
        if budget.period == "day" and (budget.column or EVERYTHING) == by and budget.limit_usd is not None
    }
    return found.get(name, found.get(None) if name else None)


def spent(amount: Numbers, budget: float, first: int, zone: tzinfo) -> Observed:
    """Give what each local day has cost up to each slot, beside its budget."""
    value, every = since_midnight(amount, first, zone), np.full(len(amount), budget)
    return Observed(value, every, every, value, every, np.full(len(amount), True))


def spent_of_expected(amount: Numbers, rule: Rule, first: int, zone: tzinfo) -> Observed:
    """Give what each local day has cost up to each slot, beside what is expected of it where that is known."""
    value, expected, usual = since_midnight(amount, first, zone), dict(rule.expected), np.full(len(amount), np.nan)
    for at in (0, *midnights(first, len(amount), zone)):
        usual[at:] = expected.get(local_day(first + at, zone), np.nan)
    limit = np.maximum(usual * (rule.times or 0.0), rule.floor)
    return Observed(value, limit, usual, value, usual, ~np.isnan(usual))
