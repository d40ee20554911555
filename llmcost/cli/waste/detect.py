"""`llmcost detect`: run detectors, print findings or the requests behind them."""

from __future__ import annotations

from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.detectors import findings_left, first_findings, run_detectors
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.waste.found import found_lines
from llmcost.cli.waste.gates import check_gates, look_up, read_gates
from llmcost.cli.waste.options import DetectOptions
from llmcost.detect import Claims, Findings, causes, findings, found_requests
from llmcost.detect.findings import WORDS
from llmcost.render import FOR_PEOPLE, Table
from llmcost.report import coverage

CAUSES_HIDE_WHEN_NARROW = ("requests_share", "input_tokens", "requests", "uncached_usd")
# what a narrow terminal leaves out after the detector's own columns, the first of them first
HIDE_WHEN_NARROW = (
    *("standalone_usd", "of_requests", "spend_usd", "route"),
    *("saving_low_usd", "saving_high_usd", "requests", "model"),
)


def run_detect(reading: Reading, name: str, options: DetectOptions) -> int:
    """Print findings, or the requests behind them; raises GateError where --fail-on holds."""
    gates, filters, book = read_gates(options.fail_on), reading.filters, reading.book
    is_short = is_read(reading, options)
    with reading.open() as store:
        claims = run_detectors(store, book, filters, name, options.settings)
        hits, found = claims.hits, findings(claims)
        covered = coverage(hits.scope)
        look_up(gates, found.totals)
        shared = envelope("detect", book, filters, covered) | {"cannot_run": hits.cannot_run}
        if options.requests or options.causes:
            table = behind(claims, name, shared, options)
        else:
            table = findings_table(found, shared, is_short=is_short)
        write(table, reading)
    for line in (*(findings_left(found) if is_short else ()), *found_lines(hits, found.totals)):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    check_gates(gates, found.totals)
    return 0


def is_read(reading: Reading, options: DetectOptions) -> bool:
    """Tell whether findings are read one by one, so that the first of many will do."""
    return reading.output_format in FOR_PEOPLE and not (options.requests or options.causes or reading.choice)


def findings_table(found: Findings, shared: dict[str, Any], *, is_short: bool) -> Table:
    """Make the table of findings."""
    rows = first_findings(found) if is_short else found.rows
    hidden = (*found.own[::-1], *HIDE_WHEN_NARROW)
    return Table("Findings", found.columns, rows, found.totals, shared, hidden, WORDS)


def behind(claims: Claims, name: str, shared: dict[str, Any], options: DetectOptions) -> Table:
    """Make the table of the requests behind the findings, or of their causes."""
    if options.requests:
        requests = found_requests(claims)
        return Table("Requests", requests.columns, requests.rows, {}, shared)
    why = causes(claims, name)
    return Table("Causes", why.columns, why.rows, {}, shared, CAUSES_HIDE_WHEN_NARROW)
