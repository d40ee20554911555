"""`llmcost report budget`, and the forecast of the month under reports of costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import coverage
from llmcost.report.budget import COLUMNS, NO_REQUESTS, budgets, is_running, last_day
from llmcost.report.nothing import budget_hint
from llmcost.store import Engine, Filters, Priced, Repricing, Rows

HIDE_WHEN_NARROW = (
    *("unpriced_requests", "days_left", "requests", "period"),
    *("expected_low_usd", "expected_high_usd", "spent_share"),
)


def run_budget(reading: Reading) -> int:
    """Print the budgets of llmcost.yaml against what is spent, and what the month will come to."""
    # which the other views, whose forecasts come from here, do not need
    from llmcost.configuration import open_configuration

    filters, book = reading.filters, reading.book
    with reading.open() as store:
        priced = store.price(book, Repricing(reading.as_of))
        rows = budgets(priced, open_configuration().budgets, filters)
        said = [*ended_lines(store, filters), *strangers(priced, filters, rows)]
        covered = coverage(priced.scope(filters))
    shared = envelope("report", book, filters, covered) | {"view": "budget"}
    write(budget_table(rows, shared), reading)
    if not any(row[COLUMNS.index("budget_usd")] for row in rows):
        note("no budgets: llmcost.yaml has none (budgets: [{of: key=search, monthly_usd: 2000}])")
    for line in said:
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def strangers(priced: Priced, filters: Filters, rows: Rows) -> list[str]:
    """Say of budgets that no request is of which names there are."""
    names = [str(row[0]).partition("=") for row in rows if row[COLUMNS.index("mark")] == NO_REQUESTS]
    return [
        f"budget {column}={value}: no request has this {column}{budget_hint(priced, filters, column, value)}"
        for column, _, value in names
    ]


def budget_table(rows: Rows, shared: dict[str, Any]) -> Table:
    """Make the table of budgets; they have no total, since one may hold another."""
    return Table("Budgets", COLUMNS, rows, {}, shared, HIDE_WHEN_NARROW)


def forecast_lines(priced: Priced, reading: Reading) -> list[str]:
    """Say what the running month will come to, or why that is not said."""
    ended = ended_lines(priced.engine, reading.filters)
    return ended or [line for row in budgets(priced, (), reading.filters) for line in expectation(row)]


def ended_lines(engine: Engine, filters: Filters, now: datetime | None = None) -> list[str]:
    """Say why nothing is forecast: the logs end before the month that it is by `now`, the clock's time by default."""
    last = last_day(engine, filters)
    if last is None or is_running(last, (now or datetime.now(UTC)).astimezone(filters.zone).date()):
        return []
    return [f"logs end {last}: no forecast" if filters.until is None else f"--until: {last} is the end, no forecast"]


def expectation(row: tuple[Any, ...]) -> Iterator[str]:
    """Write one forecast as a line; none where the month is over, or has nothing to go by."""
    found = dict(zip(COLUMNS, row, strict=True))
    if not found["days_left"] or found["expected_usd"] is None:
        return
    low, high = found["expected_low_usd"], found["expected_high_usd"]
    span = "" if low is None else f", 95 % between {dollars(low)} and {dollars(high)}"
    so_far = dollars(found["spent_usd"])
    yield f"forecast: {dollars(found['expected_usd'])} in {found['period']}{span}; {so_far} so far"
