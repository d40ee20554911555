"""`llmcost report -f html`: one page of all views, the waterfall and the findings, or of the view that is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from llmcost.cli.coverage import print_coverage
from llmcost.cli.output import write_text
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading
from llmcost.cli.report.budget import ended_lines, strangers
from llmcost.cli.report.page_waste import waste_sections, with_saved
from llmcost.cli.report.page_why import why_section
from llmcost.configuration import open_configuration
from llmcost.pricing.book import book_line
from llmcost.render import Page, Section, Table
from llmcost.render.html import write_page
from llmcost.report import Coverage, coverage
from llmcost.report.budget import COLUMNS as BUDGETS
from llmcost.report.budget import budgets
from llmcost.report.completeness import coverage_lines
from llmcost.report.nothing import why_nothing
from llmcost.report.sections import VIEWS, Say, ViewSections, headline_of, view_sections, window
from llmcost.report.span import logged
from llmcost.store import Filters, Priced, Scope, Store
from llmcost.store.materialize import materialize

# so much before --since is looked at for the forecast of a month
BEFORE = timedelta(days=62)


@dataclass(frozen=True)
class Gathered:
    """What a page is made of: of which requests, how much of them has a cost, its first numbers, its sections."""

    asked: str
    covered: Coverage
    headline: dict[str, str]
    sections: tuple[Section, ...]


def run_page(reading: Reading, only: str | None = None) -> int:
    """Write the page of all views, or of one, to --output or stdout, and its coverage to stderr."""
    book = reading.book
    with reading.open() as store, step_line() as say:
        found = gather(store, reading, only, say)
    notes = (found.asked, book_line(book), *coverage_lines(found.covered))
    title = "LLM costs" if only is None else found.sections[0].title
    write_text(write_page(Page(title, found.headline, notes, found.sections)), reading.output)
    print_coverage(book, found.covered, strict=reading.strict)
    return 0


def gather(
    store: Store, reading: Reading, only: str | None, say: Say, view_sections: ViewSections = view_sections
) -> Gathered:
    """Run one view, or all of them, the waste and what changed; `view_sections` makes sections of views."""
    filters, book = reading.filters, reading.book
    say("costs of requests")
    priced = store.price(book)
    asked, covered, sections = sections_of(priced, filters, only, say, view_sections)
    headline = headline_of(sections[0].table)
    if only is None:
        say("waste")
        waste = waste_sections(store, book, filters, headline)
        sections = [with_saved(section, waste[0].table) for section in sections]
        sections[1:1] = waste
        if span := logged(store):
            say("why")
            sections.insert(0, why_section(priced, filters, span))
    return Gathered(asked, covered, headline, tuple(sections))


def sections_of(
    priced: Priced, filters: Filters, only: str | None, say: Say, view_sections: ViewSections
) -> tuple[str, Coverage, list[Section]]:
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


def budget_section(scope: Scope) -> Section:
    """Hold the budgets of llmcost.yaml against what is spent."""
    priced, filters = scope.priced, scope.filters
    rows = budgets(priced, open_configuration().budgets, filters)
    answers = "What may be spent, what is, and what will be at the end of the month?"
    ended = (*ended_lines(priced.engine, filters), *strangers(priced, filters, rows))
    return Section("budget", "Budgets and forecast", answers, Table("Budgets", BUDGETS, rows, {}, {}), notes=ended)
