"""`llmcost report`: one view over the store, or over logs named on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llmcost.cli import choosing
from llmcost.cli.days import read_day
from llmcost.cli.notes import note
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.report.budget import forecast_lines, run_budget
from llmcost.cli.report.left_out import gap_lines, gap_records, groups_left, partial_lines
from llmcost.cli.report.trends import trends
from llmcost.cli.report.whatif import pairs
from llmcost.errors import InputError, UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.render import Table
from llmcost.render.choose import has
from llmcost.render.money import dollars, range_of
from llmcost.report import Report, run
from llmcost.report.bases import base_lines, without
from llmcost.report.compare import Comparison, Windows, compare, earlier, spans_line, windows
from llmcost.report.over import PARTIAL
from llmcost.report.span import logged
from llmcost.report.view import view_named, views
from llmcost.store import Store

BUDGET = "budget"
MOST_TO_SEARCH = 2_000_000
# lines of trends, and rows of a page, that stand for themselves
MOST_GROUPS = 200


@dataclass(frozen=True)
class ReportOptions:
    """What a report is to show, as the command line says it; `by` None is the view's own."""

    view: str
    by: tuple[str, ...] | None = None
    over: str | None = None
    top: int | None = None
    compare: str | None = None
    prices_as_of: str | None = None
    assume: tuple[str, ...] = ()


def split_view(words: tuple[str, ...], *, is_cost: bool) -> tuple[str, tuple[str, ...]]:
    """Tell the name of a view, which stands first if at all, from paths; without one it is costs or the overview."""
    if words and words[0] in (*views(), BUDGET):
        return words[0], words[1:]
    if words and words[0].isalpha() and not Path(words[0]).exists():
        hint = among(words[0], (*views(), BUDGET), "views:")
        raise UsageError(f"{words[0]}: no such view, and no such file", hint=hint)
    return "cost" if is_cost else "overview", words


def run_report(reading: Reading, options: ReportOptions) -> int:
    """Print a view on stdout and its coverage on stderr; 4 under --strict where it is incomplete."""
    if is_page(reading, options):
        from llmcost.cli.report.page import run_page

        return run_page(reading, None if options.view == "overview" else options.view)
    if options.view == BUDGET:
        if options.by or options.over or options.top or options.compare or options.assume:
            raise UsageError("budget: what it shows stands in llmcost.yaml", hint="--where narrows it")
        return run_budget(reading, options.prices_as_of)
    if options.compare is not None:
        return run_comparison(reading, options)
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store, step_line() as say:
        say(options.view)
        result = run_view(store, book, reading, options)
        is_of_costs = options.view == "overview" or (options.over and options.view == "cost")
        expected = forecast_lines(store, reading) if is_of_costs and result.coverage.requests else []
        still = still_to_save(store, reading, book, result) if options.view == "cache" else []
    shared = envelope("report", filters, book, result.coverage) | {"view": options.view}
    if result.over:
        shared["gaps"] = gap_records(result)
    write(drawn(result, shared, output_format), output_format, reading.output)
    told = groups_left(result, MOST_GROUPS) if options.top is None else ()
    for line in (*told, *base_lines(result), *gap_lines(result), *expected, *still, *partial_lines(result)):
        note(line)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0


def still_to_save(store: Store, reading: Reading, book: Book, result: Report) -> list[str]:
    """Say what caches saved and, as `detect prompt-tax` finds it, could save; in very many requests it is not run."""
    saved = result.totals["cache_saved_usd"]
    said = [f"saved by caches: {dollars(saved)}"] if saved is not None else []
    if result.coverage.requests > MOST_TO_SEARCH:
        return [*said, "still to be saved by caches: llmcost detect prompt-tax"]
    from llmcost.cli.detectors import run_detectors
    from llmcost.detect import findings

    try:
        totals = findings(store, run_detectors(store, reading, book, "prompt-tax", ())).totals
    except InputError as error:
        return [*said, f"still to be saved by caches: not known; {error.message}"]
    if totals["saving_usd"] is None:
        return [*said, "still to be saved by caches: " + ("not known" if totals["requests"] else "nothing found")]
    best, span = dollars(totals["saving_usd"]), range_of(totals["saving_low_usd"], totals["saving_high_usd"])
    return [*said, f"still to be saved by caches: {best} ({span}), see llmcost detect prompt-tax"]


def is_page(reading: Reading, options: ReportOptions) -> bool:
    """Tell whether a page of charts is asked for; what is cut, chosen or priced otherwise is a page of that table."""
    otherwise = (options.by, options.over, options.top, options.compare, options.prices_as_of, options.assume)
    return reading.output_format == "html" and options.view != BUDGET and not any(otherwise) and not choosing.asked()


def run_view(store: Store, book: Book, reading: Reading, options: ReportOptions) -> Report:
    """Run what is asked for; a page and a terminal's table have the first groups and the rest as one."""
    is_few = reading.output_format == "html" or (reading.output_format == "table" and options.over)
    found = run_top(store, book, reading, options, MOST_GROUPS if is_few and not options.assume else None)
    # whether there are so many is only known now, and seldom so
    is_long = reading.output_format == "table" and not options.over and len(found.rows) > MOST_GROUPS
    if is_long and options.top is None and not options.assume and not choosing.asked():
        return run_top(store, book, reading, options, MOST_GROUPS)
    return found


def run_top(store: Store, book: Book, reading: Reading, options: ReportOptions, most: int | None) -> Report:
    """Run what is asked for, with `most` groups where it is not said how many."""
    return run(
        store,
        book,
        view=options.view,
        by=options.by,
        over=options.over,
        top=most if options.top is None else options.top,
        filters=reading.filters,
        as_of=read_day(options.prices_as_of, "--prices-as-of"),
        assume=pairs(options.assume, "--assume"),
    )


def drawn(result: Report, shared: dict[str, object], output_format: str) -> Table:
    """Make the table of a report; on a terminal groups in time are lines of their own trend, and what is partial is so
    by name, unless --columns or --sort name a column that only the rows themselves have.
    """
    rows = table_of(result, shared)
    if output_format != "table":
        return rows
    if not result.over:
        short = table_of(without(result, result.view.counts_only), shared)
        return short if has(short, choosing.asked()) or not has(rows, choosing.asked()) else rows
    is_folded = result.by or result.view.labels
    shown = trends(result, shared) if is_folded else partial_named(rows)
    return shown if has(shown, choosing.asked()) or not has(rows, choosing.asked()) else rows


def table_of(result: Report, shared: dict[str, object]) -> Table:
    """Make a table of a report's rows as they are."""
    view = result.view
    return Table(
        result.title,
        result.columns,
        result.rows,
        result.totals,
        shared,
        tuple(view.hide_when_narrow),
        histogram=tuple(view.histogram),
        bar=view.measure if result.over else "",
        last=(result.kept.rest,) if result.kept else (),
    )


def partial_named(table: Table) -> Table:
    """Say in the name of a week or month that it is not all there, instead of in a column."""
    if PARTIAL not in table.columns:
        return table
    rows = [(named_partial(row), *row[1:-1]) for row in table.rows]
    return replace(table, columns=table.columns[:-1], rows=rows)


def named_partial(row: tuple[Any, ...]) -> Any:
    """Mark the name of a week or month that is not all there."""
    return f"{row[0]} (part)" if row[-1] else row[0]


def run_comparison(reading: Reading, options: ReportOptions) -> int:
    """Print a view of now beside the one of before."""
    if options.over is not None or options.assume:
        raise UsageError("--compare goes without --over and --assume", hint="report --since 7d --compare previous")
    output_format, book = reading.output_format, reading.book
    # before anything is opened
    earlier(options.compare or "", reading.filters)
    as_of = read_day(options.prices_as_of, "--prices-as-of")
    with reading.open() as store:
        span = logged(store)
        sides = windows(options.compare or "", reading.filters, span) if span else None
        if sides is None:
            raise InputError(f"{reading.db}: the store is empty", hint="llmcost ingest PATH fills it")
        past, present = sides.before, sides.now
        now = run(store, book, view=options.view, by=options.by, top=options.top, filters=present, as_of=as_of)
        before = run(store, book, view=options.view, by=options.by, kept=now.kept, filters=past, as_of=as_of)
    found = compare(before, now, sides.days)
    shared = envelope("report", present, book, now.coverage) | {
        "view": options.view,
        "compared": {"since": past.since, "until": past.until, "is_per_day": sides.days is not None},
    }
    compared = Table(f"{now.title}, compared", found.columns, found.rows, found.totals, shared, found.hide_when_narrow)
    write(compared, output_format, reading.output)
    for line in window_lines(sides, found):
        note(line)
    print_coverage(book, now.coverage, strict=reading.strict)
    return 0


def window_lines(sides: Windows, found: Comparison) -> Iterator[str]:
    """Say what was compared with what, and what the columns make of it."""
    yield spans_line(sides)
    if sides.days:
        yield "per day: the two are not of one length, so sums are by the day"
    if "of_change_share" in found.columns and not found.is_shared and len(found.rows) > 1:
        yield "of the change: not shared out, since what the groups added and what they saved nearly cancel"


def print_sql(view: str) -> int:
    """Print the query of a view."""
    choosing.refuse("a query", "leave --sql out")
    if view == BUDGET:
        raise UsageError("budget: it is added up from the view cost, day by day", hint="llmcost report cost --sql")
    print(view_named(view).query, end="")
    return 0
