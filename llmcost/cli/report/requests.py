"""`llmcost report requests`: the dearest requests, or the first by another column, one a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.cli.report.options import ReportOptions, ReportReading
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.render import WITH_TOTALS, Table
from llmcost.render.money import dollars
from llmcost.report import Coverage, coverage
from llmcost.report.requests import Requests, first_requests
from llmcost.store import Repricing

VIEW, TITLE = "requests", "Requests"
HIDE_WHEN_NARROW = ("total_tokens", "status", "cached_tokens", "latency_ms", "output_tokens", "input_tokens")


def run_requests(reading: ReportReading, options: ReportOptions) -> int:
    """Print the first requests and how many more there are; 4 under --strict where one has no price."""
    refuse(reading, options)
    book, filters = reading.book, reading.filters
    with reading.open() as store, step_line() as say:
        say(VIEW)
        priced = store.price(book, Repricing(reading.as_of))
        found = first_requests(priced, filters, by=options.by, sort=reading.sort, top=options.top)
        covered = coverage(priced.scope(filters))
    shared = envelope("report", book, filters, covered) | {
        "view": VIEW,
        "of_requests": found.found,
        "more_requests": found.more,
    }
    # under a few rows the sum of all requests would be taken for theirs
    totals = {} if reading.output_format in (*WITH_TOTALS, "html") else found.totals
    # they are in their order, of which the table has only the first
    table = Table(TITLE, found.columns, found.rows, totals, shared, HIDE_WHEN_NARROW, small=("cost_usd",))
    write(table, replace(reading, sort=()))
    for line in request_lines(found, covered):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def refuse(reading: ReportReading, options: ReportOptions) -> None:
    """Raise UsageError for what has a sense of groups alone."""
    given = {"--over": options.over, "--compare": options.compare, "--assume": reading.assume}
    for option in (name for name, value in given.items() if value):
        raise UsageError(f"{option}: requests are listed one by one", hint=f"llmcost report cost has {option}")


def request_lines(found: Requests, covered: Coverage) -> Iterator[str]:
    """Say how many requests there are besides those that are listed, and where the arithmetic of each is."""
    if found.rows:
        more = f"; {found.more:,} more, --top N shows them" if found.more else ""
        yield f"requests: {len(found.rows):,} of {found.found:,}, {spent(found)}{more}"
        yield "arithmetic: llmcost show ID says how the cost of one comes about"
    if sums := covered.requests - found.found:
        what = "which only the sum of a run, a day or a pruned time is known"
        yield f"not listed: {counted(sums, 'request')} of {what}"


def spent(found: Requests) -> str:
    """Write what is listed costs, of the cost of all."""
    at = found.columns.index("cost_usd")
    costs = [row[at] for row in found.rows if row[at] is not None]
    return f"{dollars(sum(costs, Decimal(0)) if costs else None)} of {dollars(found.totals['cost_usd'])}"
