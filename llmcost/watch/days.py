"""Today and budgets: what is spent of them, and what will be if the rest is like past days."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from llmcost.report.budget import Budget, rows_of
from llmcost.report.budget import Spend as BudgetSpend
from llmcost.report.forecast import forecast
from llmcost.watch.snapshot import ALL, BudgetLine, Day, Groups
from llmcost.watch.sums import Sums


def expected(sums: Sums, groups: Groups, now: datetime) -> Day:
    """Say what today will have cost at its end."""
    today = sums.local(now).date()
    spent = groups[ALL].today_usd if ALL in groups else None
    costs = {**sums.days.get((0, None), {}), today: spent or Decimal(0)}
    found = forecast(costs, today, today, today)
    return Day(found.expected_usd, found.low_usd, found.high_usd)


def budget_lines(sums: Sums, budgets: tuple[Budget, ...], groups: Groups, now: datetime) -> list[BudgetLine]:
    """Hold budgets against what is spent, the nearest to its limit first."""
    today, columns = sums.local(now).date(), sums.asked.columns
    named = {(budget.column, budget.value, budget.period) for budget in budgets}
    found = []
    for budget in budgets:
        if budget.column is not None and budget.column not in columns:
            continue
        at = 0 if budget.column is None else columns.index(budget.column) + 1
        by = "all" if not at else f"budget_{at}"
        names = {name for group, name in groups if group == by} | {name for number, name in sums.days if number == at}
        spent = {name: budget_spend(sums, groups, (at, by, name), now) for name in names}
        for row in rows_of(budget, spent, named, (today, today)):
            name, period, limit, so_far, share, mark, ahead = row[:7]
            found.append((share or 0.0, BudgetLine(name, period, limit, so_far, ahead, mark)))
    return [line for _, line in sorted(found, key=lambda one: (-one[0], one[1].name))]


def budget_spend(sums: Sums, groups: Groups, whose: tuple[int, str, str | None], now: datetime) -> BudgetSpend:
    """Give the days of one name, today's as it is now."""
    at, by, name = whose
    today = sums.local(now).date()
    live = groups.get((by, name))
    costs = {**sums.days.get((at, name), {}), today: (live.today_usd if live else None) or Decimal(0)}
    return BudgetSpend(name, costs, {}, {})
