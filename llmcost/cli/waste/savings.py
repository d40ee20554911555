"""`llmcost savings`: the waterfall from what is spent to what would remain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from llmcost.cli.detectors import ALL, run_detectors
from llmcost.cli.notes import note
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.waste.detect import found_lines
from llmcost.cli.waste.gates import read_gate
from llmcost.counts import counted
from llmcost.detect import Savings, compare, period, savings
from llmcost.detect.before_after import COLUMNS as FIXED
from llmcost.detect.before_after import Period
from llmcost.detect.detector import CERTAINTIES
from llmcost.detect.savings import COLUMNS
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.render.money import dollars, range_of
from llmcost.report import coverage
from llmcost.store import parse_when
from llmcost.store.scope import create_scope

FIXED_GIVES_WAY = (
    *("operations_before", "operations_after", "still_found_usd"),
    *("cost_per_operation_before_usd", "cost_per_operation_after_usd", "expected_usd"),
)
HIDE_WHEN_NARROW = ("standalone_usd", "saving_low_usd", "saving_high_usd", "requests", "saving_usd")


def run_savings(reading: Reading, settings: tuple[str, ...] = (), fail_on: tuple[str, ...] = ()) -> int:
    """Print the waterfall of all detectors; raises GateError where --fail-on holds."""
    gates = [read_gate(text) for text in fail_on]
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        hits = run_detectors(store, reading, book, ALL, settings)
        found = savings(store, hits)
        for gate in gates:
            gate.look_up(found.totals)
        covered = coverage(store)
    shared = envelope("savings", filters, book, covered) | {
        "cannot_run": hits.cannot_run,
        "by_certainty": found.by_certainty,
        "monthly": found.monthly,
    }
    # the last row is the total
    in_rows = {} if output_format in ("table", "md") else found.totals
    table = Table("Savings", COLUMNS, found.rows, in_rows, shared, HIDE_WHEN_NARROW, last=(found.rows[-1][0],))
    write(table, output_format, reading.output)
    for line in [*found_lines(hits, found.totals), *savings_lines(found)]:
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    for gate in gates:
        gate.check(found.totals)
    return 0


def run_fixed(reading: Reading, baseline: str, settings: tuple[str, ...] = (), fail_on: tuple[str, ...] = ()) -> int:
    """Print what a fix at --since really saved, against the days before it.

    Raises UsageError without --since, or where the baseline is not before it.
    """
    gates, after = [read_gate(text) for text in fail_on], reading.filters
    first, _, last = baseline.partition("..")
    start = parse_when(first)
    end = parse_when(last or None) or after.since
    if after.since is None or start is None or end is None or not start < end <= after.since:
        raise UsageError(
            "--baseline needs --since, and must be before it", hint="savings --since 2026-10-15 --baseline 2026-10-01"
        )
    output_format, book = reading.output_format, reading.book
    with reading.open() as store:
        periods = []
        for filters in (replace(after, since=start, until=end), after):
            run_detectors(store, reading, book, ALL, settings, filters)
            periods.append(period(store))
        create_scope(store, replace(after, since=start))
        covered = coverage(store)
    rows, totals = compare(*periods)
    for gate in gates:
        gate.look_up(totals)
    shared = envelope("savings", after, book, covered) | {"baseline": {"since": start, "until": end}}
    write(Table("What the fix saved", FIXED, rows, totals, shared, FIXED_GIVES_WAY), output_format, reading.output)
    for line in fixed_lines(totals, len(rows), *periods):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    for gate in gates:
        gate.check(totals)
    return 0


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
