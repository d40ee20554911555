"""`llmcost report`: one view over the store, or over logs named on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from llmcost.cli.configuration import open_configuration
from llmcost.cli.days import read_day
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.trends import trends
from llmcost.cli.whatif import pairs
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.render import Table
from llmcost.render.cell import dollars
from llmcost.report import Report, coverage, run
from llmcost.report.budget import COLUMNS as BUDGET_COLUMNS
from llmcost.report.budget import budgets
from llmcost.report.compare import compare, earlier
from llmcost.report.view import view_named, views
from llmcost.store import Store
from llmcost.store.prices import Terms, load_prices
from llmcost.store.scope import create_scope

BUDGET = "budget"
BUDGET_GIVES_WAY = (
    *("unpriced_requests", "days_left", "requests", "period"),
    *("expected_low_usd", "expected_high_usd", "spent_share"),
)


@dataclass(frozen=True)
class Asked:
    """What a report is to show, as the command line says it; `by` None is the view's own."""

    view: str
    by: tuple[str, ...] | None = None
    over: str | None = None
    top: int | None = None
    compare: str | None = None
    prices_as_of: str | None = None
    assume: tuple[str, ...] = ()


def split_view(words: tuple[str, ...], by: tuple[str, ...] | None) -> tuple[str, tuple[str, ...]]:
    """Tell the name of a view, which stands first if at all, from paths; without one it is costs, or the overview."""
    if words and words[0] in (*views(), BUDGET):
        return words[0], words[1:]
    if (
        words
        and "." not in words[0]
        and "/" not in words[0]
        and not any(c in words[0] for c in "*?[")
        and not Path(words[0]).exists()
        and words[0] != "-"
    ):
        raise UsageError(f"{words[0]}: no such view, and no such file", hint=f"views: {', '.join((*views(), BUDGET))}")
    return "overview" if by is None else "cost", words


def run_report(reading: Reading, asked: Asked) -> int:
    """Print a view on stdout and its coverage on stderr; 4 under --strict where it is incomplete."""
    if asked.view == BUDGET:
        return run_budget(reading, asked)
    if asked.compare is not None:
        return run_comparison(reading, asked)
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store, step_line() as say:
        say(asked.view)
        result = run_view(store, book, reading, asked)
        expected = month(store, reading) if asked.view == "overview" or (asked.over and asked.view == "cost") else []
    shared = envelope("report", filters, book, result.coverage) | {"view": asked.view}
    write(drawn(result, shared, output_format), output_format, reading.output)
    for line in expected:
        print(line, file=sys.stderr)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0


def run_view(store: Store, book: Book, reading: Reading, asked: Asked) -> Report:
    """Run what is asked for."""
    return run(
        store,
        book,
        view=asked.view,
        by=asked.by,
        over=asked.over,
        top=asked.top,
        filters=reading.filters,
        as_of=read_day(asked.prices_as_of, "--prices-as-of"),
        assume=pairs(asked.assume, "--assume"),
    )


def drawn(result: Report, shared: dict[str, object], output_format: str) -> Table:
    """Make the table of a report; on a terminal groups in time are lines of their own trend."""
    view = result.view
    if output_format == "table" and result.over and (result.by or view.labels):
        return trends(result, shared)
    return Table(
        result.title,
        result.columns,
        result.rows,
        {} if result.over and output_format == "table" and not view.sums else result.totals,
        shared,
        tuple(view.gives_way),
        histogram=tuple(view.histogram),
        bar=view.measure if result.over else "",
    )


def run_comparison(reading: Reading, asked: Asked) -> int:
    """Print a view of now beside the one of before."""
    if asked.over is not None or asked.assume:
        raise UsageError("--compare goes without --over and --assume", hint="report --since 7d --compare previous")
    output_format, book = reading.output_format, reading.book
    past, present = earlier(asked.compare or "", reading.filters)
    as_of = read_day(asked.prices_as_of, "--prices-as-of")
    with reading.open() as store:
        now = run(store, book, view=asked.view, by=asked.by, top=asked.top, filters=present, as_of=as_of)
        before = run(store, book, view=asked.view, by=asked.by, kept=now.kept, filters=past, as_of=as_of)
    found = compare(before, now)
    shared = envelope("report", present, book, now.coverage) | {
        "view": asked.view,
        "compared": {"since": past.since, "until": past.until},
    }
    compared = Table(f"{now.title}, compared", found.columns, found.rows, found.totals, shared, found.gives_way)
    write(compared, output_format, reading.output)
    print(f"before: {past.since} to {past.until} UTC; now: {present.since} to {present.until} UTC", file=sys.stderr)
    print_coverage(book, now.coverage, strict=reading.strict)
    return 0


def run_budget(reading: Reading, asked: Asked) -> int:
    """Print the budgets of llmcost.yaml against what is spent, and what the month will come to."""
    if asked.by or asked.over or asked.top or asked.compare or asked.assume:
        raise UsageError("budget: what it shows stands in llmcost.yaml", hint="--where narrows it")
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        load_prices(store, book, Terms(read_day(asked.prices_as_of, "--prices-as-of")))
        rows = budgets(store, open_configuration().budgets, filters)
        create_scope(store, filters)
        covered = coverage(store)
    shared = envelope("report", filters, book, covered) | {"view": BUDGET}
    write(Table("Budgets", BUDGET_COLUMNS, rows, {}, shared, BUDGET_GIVES_WAY), output_format, reading.output)
    if not any(row[BUDGET_COLUMNS.index("budget_usd")] for row in rows):
        print("no budgets: llmcost.yaml has none (budgets: [{of: key=search, monthly_usd: 2000}])", file=sys.stderr)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def month(store: Store, reading: Reading) -> list[str]:
    """Say what the month of the last request will come to; at the prices that are loaded."""
    return [line for row in budgets(store, (), replace(reading.filters)) for line in expectation(row)]


def expectation(row: tuple[object, ...]) -> Iterator[str]:
    """Write one forecast as a line."""
    found = dict(zip(BUDGET_COLUMNS, row, strict=True))
    if found["days_left"] and found["expected_usd"] is not None:
        low, high = found["expected_low_usd"], found["expected_high_usd"]
        span = "" if low is None else f", 95 % between {dollars(low, 2)} and {dollars(high, 2)}"  # type: ignore[arg-type]
        spent, expected = found["spent_usd"], found["expected_usd"]
        yield (
            f"forecast: {dollars(expected, 2)} in {found['period']}{span}; {dollars(spent, 2)} so far"  # type: ignore[arg-type]
        )


def print_sql(view: str) -> int:
    """Print the query of a view."""
    if view == BUDGET:
        raise UsageError("budget: it is added up from the view cost, day by day", hint="llmcost report cost --sql")
    print(view_named(view).query, end="")
    return 0
