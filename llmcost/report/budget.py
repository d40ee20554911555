"""Budgets: what a key, a project or all of it may cost in a day or a month, what it has, and what it will have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from llmcost.report.forecast import MOST_DAYS, Forecast, forecast
from llmcost.report.query import queries
from llmcost.report.span import MOMENT, logged
from llmcost.store import Engine, Filters, Priced, Rows
from llmcost.store.where import escaped

COLUMNS = (
    "budget",
    "period",
    "budget_usd",
    "spent_usd",
    "spent_share",
    "mark",
    "expected_usd",
    "expected_low_usd",
    "expected_high_usd",
    "days_left",
    "requests",
    "unpriced_requests",
)
EVERYTHING = "all"
NO_REQUESTS = "no requests"
WARNING = Decimal("0.8")
Costs = dict[date, Decimal]


@dataclass(frozen=True)
class Budget:
    """What may be spent: `column` and `value` say by whom (no value: each by itself; no column: all), USD a period."""

    column: str | None
    value: str | None
    period: str  # day or month
    limit_usd: Decimal | None


@dataclass(frozen=True)
class Spend:
    """What one name has spent: by day, and how many requests of the period there are, with and without a cost."""

    name: str | None
    costs: Costs
    requests: dict[date, int]
    unpriced: dict[date, int]


def budgets(priced: Priced, asked: Iterable[Budget], filters: Filters, now: datetime | None = None) -> Rows:
    """Hold budgets against what is spent; the period is that of the newest log.

    Rows of COLUMNS. `mark` is "ok", "80 %" or "100 %" reached, "will exceed" where the expected cost is more than
    the budget, or "no requests" where no log has any of its name. Without any budget all spend of the month is one row,
    without limit. Only a period that is running by `now`, an aware time (the clock's by default), is forecast.
    """
    wanted = list(asked) or [Budget(None, None, "month", None)]
    today = last_day(priced.engine, filters)
    if today is None:
        return []
    clock = (now or datetime.now(UTC)).astimezone(filters.zone).date()
    named = {(b.column, b.value, b.period) for b in wanted}
    rows: Rows = []
    for column in dict.fromkeys(b.column for b in wanted):
        spends = {spend.name: spend for spend in spends_by(priced, column, filters, today)}
        for budget in (b for b in wanted if b.column == column):
            rows += rows_of(budget, spends, named, (today, clock))
    rows = [without_requests(priced, filters, row) for row in rows]
    # the nearest to its limit first
    at = COLUMNS.index("spent_share")
    return sorted(rows, key=lambda row: (row[at] is None, -(row[at] or 0)))


def last_day(engine: Engine, filters: Filters) -> date | None:
    """Tell the local day that the logs end on, whoever asked; None where none is before the window's end."""
    span = logged(engine)
    if span is None or (filters.until is not None and filters.until <= span.first):
        return None
    last = span.last if filters.until is None else min(span.last, filters.until - MOMENT)
    return last.replace(tzinfo=UTC).astimezone(filters.zone).date()


def is_running(today: date, clock: date) -> bool:
    """Tell whether the month that the logs end in is the present one, so that what it will cost is a question."""
    return (today.year, today.month) == (clock.year, clock.month)


def without_requests(priced: Priced, filters: Filters, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Mark a budget whose name no log has: nothing spent is not good news there."""
    column, equals, value = str(row[0]).partition("=")
    if row[COLUMNS.index("requests")] or not equals or is_known(priced, filters, column, value):
        return row
    at = COLUMNS.index("mark")
    return (*row[:at], NO_REQUESTS, *row[at + 1 :])


def is_known(priced: Priced, filters: Filters, column: str, value: str) -> bool:
    """Tell whether any request, of any time, has a value."""
    return not priced.scope(Filters(where=(f"{column}={escaped(value)}",), zone=filters.zone)).is_empty


def spends_by(priced: Priced, column: str | None, filters: Filters, today: date) -> Iterator[Spend]:
    """Sum the days that a forecast looks at and those of the month, by a column."""
    first = min(today.replace(day=1), today - timedelta(days=MOST_DAYS + 1))
    since = datetime.combine(first, time(), filters.zone).astimezone(UTC).replace(tzinfo=None)
    scope = priced.scope(replace(filters, since=since), (column,) if column else ())
    found: dict[str | None, Spend] = {}
    for row in scope.records(queries()["daily"]):
        spend = found.setdefault(row["name"], Spend(row["name"], {}, {}, {}))
        spend.costs[row["day"]] = row["cost_usd"] or Decimal(0)
        spend.requests[row["day"]] = row["requests"]
        spend.unpriced[row["day"]] = row["requests"] - row["costed_requests"]
    yield from found.values()


def rows_of(
    budget: Budget, spends: dict[str | None, Spend], named: set[Any], days: tuple[date, date]
) -> Iterator[tuple[Any, ...]]:
    """Write a row for a budget, or for each value of its column that has no budget of its own."""
    if budget.value is not None or budget.column is None:
        nothing = Spend(budget.value, {}, {}, {})
        yield row_of(budget, spends.get(budget.value, nothing), *days)
        return
    for name, spend in spends.items():
        if name is not None and (budget.column, str(name), budget.period) not in named:
            yield row_of(budget, spend, *days)


def row_of(budget: Budget, spend: Spend, today: date, clock: date) -> tuple[Any, ...]:
    """Hold one budget against one name's spend; `today` is where the logs end, `clock` the day that it is."""
    first, last = bounds(budget.period, today)
    found = forecast(spend.costs, today, first, last)
    if not is_running(today, clock) or (budget.period == "day" and today != clock):
        found = Forecast(found.spent_usd, None, None, None, 0)
    limit = budget.limit_usd
    name = EVERYTHING if budget.column is None else f"{budget.column}={spend.name}"
    inside = [day for day in spend.requests if first <= day <= last]
    return (
        name,
        f"{first:%Y-%m}" if budget.period == "month" else str(first),
        limit,
        found.spent_usd,
        float(found.spent_usd / limit) if limit else None,
        None if limit is None else mark(found, limit),
        found.expected_usd,
        found.low_usd,
        found.high_usd,
        found.days_left,
        sum(spend.requests[day] for day in inside),
        sum(spend.unpriced[day] for day in inside),
    )


def bounds(period: str, today: date) -> tuple[date, date]:
    """Give the first and the last day of the day or month that today is in."""
    if period == "day":
        return today, today
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def mark(found: Forecast, limit: Decimal) -> str:
    """Say where a budget stands."""
    if found.spent_usd >= limit:
        return "100 %"
    if found.spent_usd >= limit * WARNING:
        return "80 %"
    return "will exceed" if found.expected_usd is not None and found.expected_usd > limit else "ok"
