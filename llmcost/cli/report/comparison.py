"""`llmcost report --compare`: a view of now beside the one of before."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.report.options import ReportOptions, ReportReading
from llmcost.cli.stores import empty_store
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.report import run
from llmcost.report.compare import Comparison, Windows, compare, earlier, spans_line, windows
from llmcost.report.span import logged


def run_comparison(reading: ReportReading, view: str, options: ReportOptions) -> int:
    """Print a view of now beside the one of before."""
    if options.over is not None or reading.assume:
        raise UsageError("--compare goes without --over and --assume", hint="report --since 7d --compare previous")
    book, as_of = reading.book, reading.as_of
    # before anything is opened
    earlier(options.compare or "", reading.filters)
    with reading.open() as store:
        span = logged(store)
        sides = windows(options.compare or "", reading.filters, span) if span else None
        if sides is None:
            raise empty_store(reading.db)
        past, present = sides.before, sides.now
        now = run(store, book, view=view, by=options.by, top=options.top, filters=present, as_of=as_of)
        before = run(store, book, view=view, by=options.by, kept=now.kept, filters=past, as_of=as_of)
    found = compare(before, now, sides.days)
    shared = envelope("report", book, present, now.coverage) | {
        "view": view,
        "compared": {"since": past.since, "until": past.until, "is_per_day": sides.days is not None},
    }
    compared = Table(f"{now.title}, compared", found.columns, found.rows, found.totals, shared, found.hide_when_narrow)
    write(compared, reading)
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
