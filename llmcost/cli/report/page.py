"""`llmcost report -f html`: one page of all views, the waterfall and the findings, or of the view that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from llmcost.cli.coverage import book_line, coverage_lines, print_coverage
from llmcost.cli.output import write_text
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading
from llmcost.cli.report.budget import ended_lines, strangers
from llmcost.cli.report.left_out import gap_lines, groups_left, partial_lines
from llmcost.cli.report.page_waste import waste_sections, with_saved
from llmcost.configuration import open_configuration
from llmcost.render import Page, Section, Table
from llmcost.render.cell import humanize
from llmcost.render.html import write_page
from llmcost.report import Coverage, Report, coverage
from llmcost.report.bases import base_lines, without
from llmcost.report.budget import COLUMNS as BUDGETS
from llmcost.report.budget import budgets
from llmcost.report.charts import figures_of, span, unit_for
from llmcost.report.few import few_rows
from llmcost.report.nothing import why_nothing
from llmcost.report.run import Grouping, checked, cut_view
from llmcost.report.view import view_named
from llmcost.store import Filters, Priced, Scope, TopGroups
from llmcost.store.materialize import materialize

# in the order of the page
VIEWS = ("overview", "cost", "latency", "cache", "errors", "reliability", "efficiency")
HEADLINE = {
    "cost_usd": "cost",
    "requests": "requests",
    "cached_share": "input from caches",
    "error_share": "error rate",
    "latency_p95_ms": "p95 latency",
}
# so much before --since is looked at for the forecast of a month
BEFORE = timedelta(days=62)
# and the rest as one: six colours can be distinguished
MOST_LINES = 5
# and of its tables; nobody reads a longer page, and files have all
MOST_GROUPS = 200
Say = Callable[[str], None]


def run_page(reading: Reading, only: str | None = None) -> int:
    """Write the page of all views, or of one, to --output or stdout, and its coverage to stderr."""
    filters, book = reading.filters, reading.book
    with reading.open() as store, step_line() as say:
        say("costs of requests")
        asked, covered, sections = sections_of(store.price(book), filters, only, say)
        headline = headline_of(sections[0].table)
        if only is None:
            say("waste")
            sections[1:1] = waste_sections(store, book, filters, headline)
            sections = [with_saved(section, sections[1].table) for section in sections]
    notes = (asked, book_line(book), *coverage_lines(covered))
    title = "LLM costs" if only is None else sections[0].title
    write_text(write_page(Page(title, headline, notes, tuple(sections))), reading.output)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def sections_of(priced: Priced, filters: Filters, only: str | None, say: Say) -> tuple[str, Coverage, list[Section]]:
    """Run all views and the budgets, or one view, over requests that are priced once; say of which, and how complete.

    The table of these requests goes with the end of this, so that detectors have its memory.
    """
    held = materialize(priced, replace(filters, since=filters.since - BEFORE if filters.since else None))
    # what --where asks for is what is held
    scope = held.scope(replace(filters, where=()))
    covered = coverage(scope)
    if not covered.requests:
        # what is held knows nothing of what is not
        covered = replace(covered, nothing=why_nothing(priced, filters))
        scope = materialize(priced, filters).scope(scope.filters)
    sections = list(view_sections(scope, covered, (only,) if only else VIEWS, say))
    if only is None:
        sections.append(budget_section(scope))
    return window(scope, filters), covered, sections


def view_sections(scope: Scope, covered: Coverage, names: tuple[str, ...], say: Say) -> Iterator[Section]:
    """Run views by their own groups and, for their charts, over time."""
    priced, filters, unit = scope.priced, scope.filters, unit_for(scope)
    for name in names:
        say(name)
        view = view_named(name)
        result = cut_view(priced, view, checked(view, Grouping(None, top=MOST_GROUPS)), filters, covered)
        over_time: list[Report] = []

        def in_time(by: tuple[str, ...], result: Report = result, made: list[Report] = over_time) -> Report:
            kept = largest(result, by[0]) if by and by[0] in result.by else None
            cut = Grouping(by, unit, MOST_LINES, kept, MOST_LINES)
            made.append(cut_view(priced, result.view, checked(result.view, cut), filters, covered))
            return made[-1]

        figures = tuple(figures_of(result, in_time))
        in_charts = (line for found in over_time for line in (*gap_lines(found), *partial_lines(found)))
        notes = (*groups_left(result, MOST_GROUPS), *base_lines(result), *in_charts)
        yield Section(name, view.title, view.answers, table_of(result), figures, tuple(dict.fromkeys(notes)))


def largest(result: Report, column: str) -> TopGroups | None:
    """Choose the lines of a chart from the rows of its section, so that no query has to: the largest of a column.

    None where the section has not all rows.
    """
    if result.kept:
        return None
    measure = result.view.measure if result.view.measure in result.view.sums else result.view.sums[0]
    named, counted = result.columns.index(column), result.columns.index(measure)
    sizes: dict[Any, Any] = {}
    for row in result.rows:
        sizes[row[named]] = sizes.get(row[named], 0) + (row[counted] or 0)
    names = sorted(sizes, key=lambda name: -sizes[name])
    others = len(names) - MOST_LINES
    return TopGroups(tuple((name,) for name in names[:MOST_LINES]), f"other ({others})", 1, others)


def table_of(result: Report) -> Table:
    """Make the table of a view's section; where a view has groups of its own, the rest of them is one row as well."""
    result = without(result, result.view.counts_only)
    groups = len(result.by) + len(result.view.labels)
    rows = few_rows(result.rows, result.columns, groups, result.view.sums, MOST_GROUPS + 1)
    return Table(result.title, result.columns, rows, result.totals, {})


def headline_of(table: Table) -> dict[str, str]:
    """Choose the first numbers to see."""
    return {label: humanize(name, table.totals[name]) for name, label in HEADLINE.items() if name in table.totals}


def budget_section(scope: Scope) -> Section:
    """Hold the budgets of llmcost.yaml against what is spent."""
    priced, filters = scope.priced, scope.filters
    rows = budgets(priced, open_configuration().budgets, filters)
    answers = "What may be spent, what is, and what will be at the end of the month?"
    ended = (*ended_lines(priced.engine, filters), *strangers(priced, filters, rows))
    return Section("budget", "Budgets and forecast", answers, Table("Budgets", BUDGETS, rows, {}, {}), notes=ended)


def window(scope: Scope, filters: Filters) -> str:
    """Say which requests the page is about; the times are UTC."""
    first, last = (humanize("at", moment) for moment in span(scope))
    where = f", where {' and '.join(filters.where)}" if filters.where else ""
    return f"requests: from {first} to {last} UTC{where}"
