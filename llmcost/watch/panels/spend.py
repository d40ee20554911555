"""Who spends."""

from __future__ import annotations

from rich.panel import Panel
from rich.text import Text

from llmcost.watch.panels.table import Column, Room, count, largest, money, name, table
from llmcost.watch.snapshot import BudgetLine, Snapshot, Spend
from llmcost.watch.view import View

MARKS = {"ok": "green", "80 %": "yellow", "100 %": "bold red", "will exceed": "yellow"}
SPEND = (
    Column("last hour", lambda one: money(one.hour_usd), sort=largest(lambda one: one.hour_usd)),
    Column("today", lambda one: money(one.today_usd), sort=largest(lambda one: one.today_usd)),
    Column("requests", lambda one: count(one.hour_requests), 50, sort=largest(lambda one: one.hour_requests)),
    Column("errors", lambda one: errors(one), 60, sort=largest(lambda one: one.hour_errors)),
    Column("requests today", lambda one: count(one.today_requests), 76),
    Column("unpriced", lambda one: unpriced(one), 90),
)
BUDGETS = (
    Column("budget", lambda one: name(one.name), ratio=1),
    Column("of", lambda one: one.period, 56, is_text=True),
    Column("spent", lambda one: money(one.spent_usd)),
    Column("limit", lambda one: money(one.limit_usd)),
    Column("expected", lambda one: money(one.expected_usd), 56),
    Column("", lambda one: Text(one.mark, style=MARKS.get(one.mark, ""))),
)


def spend_rows(snapshot: Snapshot, view: View, by: str) -> list[Spend]:
    """List the keys, models or projects that are looked for."""
    rows = {"key": snapshot.keys, "model": snapshot.models, "project": snapshot.projects}[by]
    return [one for one in rows if view.shows(one.name)]


def spend_panel(snapshot: Snapshot, view: View, room: Room, by: str, *, is_small: bool = False) -> Panel:
    """Say what each key, model or project costs."""
    first = Column(by, lambda one: name(one.name), ratio=1, sort=lambda one: one.name or "")
    return table(f"Spend by {by}", (first, *SPEND), spend_rows(snapshot, view, by), view, room, is_small=is_small)


def budget_panel(snapshot: Snapshot, view: View, room: Room) -> Panel:
    """Hold budgets against what is spent."""
    rows: list[BudgetLine] = [one for one in snapshot.budgets if view.shows(one.name)]
    return table("Budgets", BUDGETS, rows, view, room, is_small=True)


def errors(one: Spend) -> Text:
    """Write failures where there are some."""
    return Text(count(one.hour_errors), style="red" if one.hour_errors else "")


def unpriced(one: Spend) -> Text:
    """Write requests of today without a cost where there are some."""
    return Text(count(one.today_unpriced), style="yellow" if one.today_unpriced else "")
