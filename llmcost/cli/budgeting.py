"""`llmcost report budget`, and the forecast of the month under reports of costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.cli.configuration import open_configuration
from llmcost.cli.days import read_day
from llmcost.cli.notes import note
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.render import Table
from llmcost.render.cell import dollars
from llmcost.report import coverage
from llmcost.report.budget import COLUMNS, budgets
from llmcost.report.view import Rows
from llmcost.store import Store
from llmcost.store.prices import Terms, load_prices
from llmcost.store.scope import create_scope

GIVES_WAY = (
    *("unpriced_requests", "days_left", "requests", "period"),
    *("expected_low_usd", "expected_high_usd", "spent_share"),
)


def run_budget(reading: Reading, prices_as_of: str | None) -> int:
    """Print the budgets of llmcost.yaml against what is spent, and what the month will come to."""
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        load_prices(store, book, Terms(read_day(prices_as_of, "--prices-as-of")))
        rows = budgets(store, open_configuration().budgets, filters)
        create_scope(store, filters)
        covered = coverage(store)
    shared = envelope("report", filters, book, covered) | {"view": "budget"}
    write(budget_table(rows, shared), output_format, reading.output)
    if not any(row[COLUMNS.index("budget_usd")] for row in rows):
        note("no budgets: llmcost.yaml has none (budgets: [{of: key=search, monthly_usd: 2000}])")
    print_coverage(book, covered, strict=reading.strict)
    return 0


def budget_table(rows: Rows, shared: dict[str, Any]) -> Table:
    """Make the table of budgets; they have no total, since one may hold another."""
    return Table("Budgets", COLUMNS, rows, {}, shared, GIVES_WAY)


def forecast_lines(store: Store, reading: Reading) -> list[str]:
    """Say what the month of the last request will come to; at the prices that are loaded."""
    return [line for row in budgets(store, (), reading.filters) for line in expectation(row)]


def expectation(row: tuple[Any, ...]) -> Iterator[str]:
    """Write one forecast as a line; none where the month is over, or has nothing to go by."""
    found = dict(zip(COLUMNS, row, strict=True))
    if not found["days_left"] or found["expected_usd"] is None:
        return
    low, high = found["expected_low_usd"], found["expected_high_usd"]
    span = "" if low is None else f", 95 % between {dollars(low, 2)} and {dollars(high, 2)}"
    so_far = dollars(found["spent_usd"], 2)
    yield f"forecast: {dollars(found['expected_usd'], 2)} in {found['period']}{span}; {so_far} so far"
