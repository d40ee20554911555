"""The sections of a page: views by their own groups, with the charts of each over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from llmcost.render import Section, Table
from llmcost.render.cell import humanize
from llmcost.report.bases import base_lines, without
from llmcost.report.charts import figures_of, span, unit_for
from llmcost.report.coverage import Coverage
from llmcost.report.few import few_rows
from llmcost.report.left_out import gap_lines, groups_left, partial_lines
from llmcost.report.run import Grouping, Report, checked, cut_view
from llmcost.report.view import View, view_named
from llmcost.store import Filters, Scope, TopGroups

# in the order of the page
VIEWS = ("overview", "cost", "latency", "cache", "errors", "reliability", "efficiency")
HEADLINE = {
    "cost_usd": "cost",
    "requests": "requests",
    "cached_share": "input from caches",
    "error_share": "error rate",
    "latency_p95_ms": "p95 latency",
}
# and the rest as one: six colours can be distinguished
MOST_LINES = 5
# and of its tables; nobody reads a longer page, and files have all
MOST_GROUPS = 200
Say = Callable[[str], None]
ViewSections = Callable[[Scope, Coverage, tuple[str, ...], Say], Iterator[Section]]


def view_sections(scope: Scope, covered: Coverage, names: tuple[str, ...], say: Say) -> Iterator[Section]:
    """Run views by their own groups and, for their charts, over time."""
    unit = unit_for(scope)
    for name in names:
        say(name)
        yield view_section(scope, covered, view_named(name), unit)


def bare_sections(scope: Scope, covered: Coverage, names: tuple[str, ...], say: Say) -> Iterator[Section]:
    """Run views by their own groups: all rows and all columns, and no charts."""
    for name in names:
        say(name)
        view = view_named(name)
        result = cut_view(scope.priced, view, checked(view, Grouping(None)), scope.filters, covered)
        table = Table(result.title, result.columns, result.rows, result.totals, {})
        yield Section(name, view.title, view.answers, table, notes=tuple(base_lines(result)))


def view_section(scope: Scope, covered: Coverage, view: View, unit: str) -> Section:
    """Run a view by its own groups and, for its charts, over time."""
    priced, filters = scope.priced, scope.filters
    result = cut_view(priced, view, checked(view, Grouping(None, top=MOST_GROUPS)), filters, covered)
    over_time: list[Report] = []

    def in_time(by: tuple[str, ...]) -> Report:
        kept = largest(result, by[0]) if by and by[0] in result.by else None
        cut = Grouping(by, unit, MOST_LINES, kept, MOST_LINES)
        over_time.append(cut_view(priced, view, checked(view, cut), filters, covered))
        return over_time[-1]

    figures = tuple(figures_of(result, in_time))
    in_charts = (line for found in over_time for line in (*gap_lines(found), *partial_lines(found)))
    notes = (*groups_left(result, MOST_GROUPS), *base_lines(result), *in_charts)
    return Section(view.name, view.title, view.answers, table_of(result), figures, tuple(dict.fromkeys(notes)))


def group_section(scope: Scope, covered: Coverage, name: str, by: str) -> Section:
    """Run a view by one column, without charts."""
    view = view_named(name)
    result = cut_view(scope.priced, view, checked(view, Grouping((by,), top=MOST_GROUPS)), scope.filters, covered)
    notes = (*groups_left(result, MOST_GROUPS), *base_lines(result))
    return Section(f"{name}-{by}", f"{view.title} by {by}", view.answers, table_of(result), notes=notes)


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


def window(scope: Scope, filters: Filters) -> str:
    """Say which requests the page is about; the times are UTC."""
    first, last = (humanize("at", moment) for moment in span(scope))
    where = f", where {' and '.join(filters.where)}" if filters.where else ""
    return f"requests: from {first} to {last} UTC{where}"
