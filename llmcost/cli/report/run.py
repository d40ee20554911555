"""`llmcost report`: one view over the store, or over logs named on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.cli.report.blocks import block_lines
from llmcost.cli.report.budget import forecast_lines, run_budget
from llmcost.cli.report.comparison import run_comparison
from llmcost.cli.report.options import ReportOptions, ReportReading
from llmcost.cli.report.tables import report_table
from llmcost.cli.report.whatif import pairs
from llmcost.errors import UsageError
from llmcost.pricing.nearest import among
from llmcost.report import Report, queries, run
from llmcost.report.bases import base_lines
from llmcost.report.left_out import gap_lines, gap_records, groups_left, partial_lines
from llmcost.report.view import views
from llmcost.store import Repricing, Store

OVERVIEW, BUDGET, REQUESTS = "overview", "budget", "requests"
# what is on no shelf, since it has no groups
OTHERS = (BUDGET, REQUESTS)
# lines of trends, and rows of a page, that stand for themselves
MOST_GROUPS = 200


def split_view(words: tuple[str, ...], *, is_cost: bool) -> tuple[str | None, tuple[str, ...]]:
    """Tell the name of a view, which stands first if at all, from paths; without one it is costs, or None for all."""
    if words and words[0] in (*views(), *OTHERS):
        return words[0], words[1:]
    if words and words[0].isalpha() and not Path(words[0]).exists():
        hint = among(words[0], (*views(), *OTHERS), "views:")
        raise UsageError(f"{words[0]}: no such view, and no such file", hint=hint)
    return "cost" if is_cost else None, words


def run_report(reading: ReportReading, named: str | None, options: ReportOptions) -> int:
    """Print a view on stdout and its coverage on stderr; 4 under --strict where it is incomplete.

    Where none is named it is the overview, in a page or a workbook all of them.
    """
    view = named or OVERVIEW
    if reading.output_format == "html" and view not in OTHERS and is_whole(reading, options):
        from llmcost.cli.report.page import run_page

        return run_page(reading, named)
    if reading.output_format == "xlsx" and named is None and is_whole(reading, options):
        from llmcost.cli.report.workbook import run_workbook

        return run_workbook(reading)
    if view == BUDGET:
        if not options.is_plain or reading.assume:
            raise UsageError("budget: what it shows stands in llmcost.yaml", hint="--where narrows it")
        return run_budget(reading)
    if view == REQUESTS:
        from llmcost.cli.report.requests import run_requests

        return run_requests(reading, options)
    if options.compare is not None:
        return run_comparison(reading, view, options)
    return run_view(reading, view, options)


def is_whole(reading: ReportReading, options: ReportOptions) -> bool:
    """Tell whether views are asked for as they are; what is cut, chosen or priced otherwise is one table."""
    return options.is_plain and not (reading.prices_as_of or reading.assume or reading.choice)


def run_view(reading: ReportReading, view: str, options: ReportOptions) -> int:
    """Print one view."""
    filters, book = reading.filters, reading.book
    with reading.open() as store, step_line() as say:
        say(view)
        result = first_groups(store, reading, view, options)
        is_of_costs = view == OVERVIEW or (options.over and view == "cost")
        priced = store.price(book, Repricing(reading.as_of))
        expected = forecast_lines(priced, reading) if is_of_costs and result.coverage.requests else []
        caching: list[str] = []
        if view == "cache":
            # no other view needs a detector
            from llmcost.cli.report.caching import caching_lines

            caching = caching_lines(store, book, filters, result)
    shared = envelope("report", book, filters, result.coverage) | {"view": view}
    if result.over:
        shared["gaps"] = gap_records(result)
    write(report_table(result, shared, reading.output_format, reading.choice), reading)
    for line in [*view_lines(result, options), *expected, *caching, *partial_lines(result), *block_lines(result)]:
        note(line)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0


def view_lines(result: Report, options: ReportOptions) -> Iterator[str]:
    """Say what of a view is not shown row by row, and what its shares are of."""
    if options.top is None:
        yield from groups_left(result, MOST_GROUPS)
    yield from base_lines(result)
    yield from gap_lines(result)


def first_groups(store: Store, reading: ReportReading, view: str, options: ReportOptions) -> Report:
    """Run a view; a page and a terminal's table have the first groups and the rest as one."""
    is_few = reading.output_format == "html" or (reading.output_format == "table" and options.over)
    found = top_groups(store, reading, view, options, MOST_GROUPS if is_few and not reading.assume else None)
    # whether there are so many is only known now, and seldom so
    is_long = reading.output_format == "table" and not options.over and len(found.rows) > MOST_GROUPS
    if is_long and options.top is None and not reading.assume and not reading.choice:
        return top_groups(store, reading, view, options, MOST_GROUPS)
    return found


def top_groups(store: Store, reading: ReportReading, view: str, options: ReportOptions, most: int | None) -> Report:
    """Run a view with `most` groups where it is not said how many."""
    return run(
        store,
        reading.book,
        view=view,
        by=options.by,
        over=options.over,
        top=most if options.top is None else options.top,
        filters=reading.filters,
        as_of=reading.as_of,
        assume=pairs(reading.assume, "--assume"),
    )


def print_sql(reading: ReportReading, named: str | None) -> int:
    """Print the query of a view."""
    view = named or OVERVIEW
    reading.refuse_choice("a query", "leave --sql out")
    if view == BUDGET:
        raise UsageError("budget: it is added up from the view cost, day by day", hint="llmcost report cost --sql")
    print((queries() if view == REQUESTS else views())[view].query, end="")
    return 0
