"""`llmcost savings`: the waterfall from what is spent to what would remain."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from llmcost.cli.detecting import ALL, found_lines, run
from llmcost.cli.gates import read_gate
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.detect import Savings, savings
from llmcost.detect.savings import COLUMNS
from llmcost.render import Table
from llmcost.render.cell import dollars
from llmcost.report import coverage

GIVES_WAY = ("standalone_usd", "requests", "saving_low_usd", "saving_high_usd")


def run_savings(reading: Reading, settings: tuple[str, ...] = (), fail_on: str | None = None) -> int:
    """Print the waterfall of all detectors; raises GateError where --fail-on holds."""
    gate = read_gate(fail_on) if fail_on else None
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        hits = run(store, reading, book, ALL, settings)
        found = savings(store, hits)
        covered = coverage(store)
    shared = envelope("savings", filters, book, covered) | {
        "cannot_run": hits.cannot_run,
        "by_certainty": found.by_certainty,
        "monthly": found.monthly,
    }
    # the last row is the total
    in_rows = {} if output_format in ("table", "md") else found.totals
    write(Table("Savings", COLUMNS, found.rows, in_rows, shared, GIVES_WAY), output_format, reading.output)
    for line in [*found_lines(hits, found.totals), *savings_lines(found)]:
        print(line, file=sys.stderr)
    print_coverage(book, covered, strict=reading.strict)
    if gate:
        gate.check(found.totals)
    return 0


def savings_lines(found: Savings) -> Iterator[str]:
    """Say how certain the savings are, and what they come to in a month."""
    for name, sums in found.by_certainty.items():
        yield f"{name}: {dollars(sums['saving_usd'], 2)} {span(sums)} in {int(sums['requests']):,} requests"
    if found.monthly is None:
        yield "per month: not projected, the logs span less than 3 days"
    else:
        month = found.monthly
        yield (
            f"per month: {dollars(month['spend_usd'], 2)} would be {dollars(month['remaining_usd'], 2)} "
            f"(30 days, from {month['days']} days of logs)"
        )


def span(sums: dict[str, Any]) -> str:
    """Write a range."""
    return f"({dollars(sums['saving_low_usd'], 2)} to {dollars(sums['saving_high_usd'], 2)})"
