"""`llmcost savings`: the waterfall from what is spent to what would remain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.detectors import run_detectors
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.waste.found import found_lines
from llmcost.cli.waste.gates import check_gates, look_up, read_gates
from llmcost.cli.waste.options import SavingsOptions
from llmcost.counts import counted
from llmcost.detect import Savings, savings
from llmcost.detect.detector import CERTAINTIES
from llmcost.detect.savings import COLUMNS
from llmcost.render import WITH_TOTALS, Table
from llmcost.render.money import dollars, range_of
from llmcost.report import coverage

HIDE_WHEN_NARROW = ("standalone_usd", "saving_low_usd", "saving_high_usd", "requests", "saving_usd")


def run_savings(reading: Reading, options: SavingsOptions) -> int:
    """Print the waterfall of all detectors; raises GateError where --fail-on holds."""
    gates, filters, book = read_gates(options.fail_on), reading.filters, reading.book
    with reading.open() as store:
        claims = run_detectors(store, book, filters, texts=options.settings)
        hits, found = claims.hits, savings(claims)
        look_up(gates, found.totals)
        covered = coverage(hits.scope)
    shared = envelope("savings", book, filters, covered) | {
        "cannot_run": hits.cannot_run,
        "by_certainty": found.by_certainty,
        "monthly": found.monthly,
    }
    # the last row is the total
    in_rows = {} if reading.output_format in WITH_TOTALS else found.totals
    write(Table("Savings", COLUMNS, found.rows, in_rows, shared, HIDE_WHEN_NARROW, last=(found.rows[-1][0],)), reading)
    for line in [*found_lines(hits, found.totals), *savings_lines(found)]:
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    check_gates(gates, found.totals)
    return 0


def savings_lines(found: Savings) -> Iterator[str]:
    """Say how certain the savings are, what remains, and what they come to in a month."""
    for name, sums in found.by_certainty.items():
        saved = dollars(sums["saving_usd"])
        shown = saved if sums["saving_usd"] is None else f"{saved} ({saving_range(sums)})"
        yield f"{name}: {shown} in {counted(int(sums['requests']), 'request')}"
    if found.totals["remaining_usd"] is not None:
        yield f"what remains: {remains(found.totals)} of {dollars(found.totals['spend_usd'])}"
    if found.monthly is None:
        yield "per month: not projected, the logs span less than 3 days or have no price"
    else:
        month = found.monthly
        yield (
            f"per month: {each(month)}; {dollars(month['spend_usd'])} would be {remains(month)} "
            f"(30 days, from {counted(month['days'], 'day')} of logs)"
        )


def each(sums: dict[str, Any]) -> str:
    """Write what each certainty saves, the surest first."""
    known = ((name, sums[f"{name}_usd"]) for name in CERTAINTIES)
    return ", ".join(f"{dollars(saved)} {name}" for name, saved in known)


def remains(sums: dict[str, Any]) -> str:
    """Write what remains, with its range."""
    return f"{dollars(sums['remaining_usd'])} ({range_of(sums['remaining_low_usd'], sums['remaining_high_usd'])})"


def saving_range(sums: dict[str, Any]) -> str:
    """Write the range of a saving."""
    return range_of(sums["saving_low_usd"], sums["saving_high_usd"])
