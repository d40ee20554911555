"""`llmcost savings --baseline`: what a fix really saved, against the days before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.detectors import run_detectors
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.waste.gates import check_gates, look_up, read_gates
from llmcost.cli.waste.options import SavingsOptions
from llmcost.counts import counted
from llmcost.detect import compare, period
from llmcost.detect.before_after import COLUMNS, Period
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.render.money import dollars
from llmcost.report import coverage
from llmcost.store import Filters, parse_when

HIDE_WHEN_NARROW = (
    *("operations_before", "operations_after", "still_found_usd"),
    *("cost_per_operation_before_usd", "cost_per_operation_after_usd", "expected_usd"),
)


def run_before_after(reading: Reading, options: SavingsOptions) -> int:
    """Print what a fix at --since really saved, against the days before it.

    Raises UsageError without --since, or where the baseline is not before it.
    """
    gates, after, book = read_gates(options.fail_on), reading.filters, reading.book
    start, end = baseline_of(options.baseline or "", after)
    with reading.open() as store:
        both = (replace(after, since=start, until=end), after)
        periods = [period(run_detectors(store, book, filters, texts=options.settings)) for filters in both]
        covered = coverage(store.price(book).scope(replace(after, since=start)))
    rows, totals = compare(*periods)
    look_up(gates, totals)
    shared = envelope("savings", book, after, covered) | {"baseline": {"since": start, "until": end}}
    write(Table("What the fix saved", COLUMNS, rows, totals, shared, HIDE_WHEN_NARROW), reading)
    for line in fixed_lines(totals, len(rows), *periods):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    check_gates(gates, totals)
    return 0


def baseline_of(text: str, after: Filters) -> tuple[datetime, datetime]:
    """Read WHEN or WHEN..WHEN. Raises UsageError where it is not before the window, or that has no beginning."""
    first, _, last = text.partition("..")
    start = parse_when(first)
    end = parse_when(last or None) or after.since
    if after.since is None or start is None or end is None or not start < end <= after.since:
        raise UsageError(
            "--baseline needs --since, and must be before it", hint="savings --since 2026-10-15 --baseline 2026-10-01"
        )
    return start, end


def fixed_lines(totals: dict[str, Any], compared: int, before: Period, after: Period) -> Iterator[str]:
    """Say what was saved, what had been predicted, and which keys could not be compared."""
    yield (
        f"saved: {dollars(totals['saved_usd'])} of {dollars(totals['expected_usd'])} expected without the fix; "
        f"predicted: {dollars(totals['predicted_usd'])}"
    )
    alone = len(before.keys() | after.keys()) - compared
    if alone:
        yield f"not compared: {counted(alone, 'key')} without requests that have a cost in both periods"
    yield "assumed: an operation after the fix is as large as one before; other changes count as its doing"
