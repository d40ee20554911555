"""`llmcost detect`: run detectors, print findings or the requests behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmcost.cli.choosing import asked, refuse
from llmcost.cli.detectors import ALL, findings_left, first_findings, known_detectors, pick, run_detectors
from llmcost.cli.notes import note
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.waste.gates import read_gate
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.detect import Detector, Hits, causes, findings, found_requests
from llmcost.detect.findings import WORDS
from llmcost.render import FOR_PEOPLE, Table
from llmcost.render.money import dollars
from llmcost.report import coverage

# what a narrow terminal leaves out after the detector's own columns, the first of them first
HIDE_WHEN_NARROW = (
    "standalone_usd",
    "of_requests",
    "spend_usd",
    "route",
    "saving_low_usd",
    "saving_high_usd",
    "requests",
    "model",
)


@dataclass(frozen=True)
class DetectOptions:
    """What is asked of `detect`: which detectors, with which parameters, and what is printed."""

    name: str = ALL
    settings: tuple[str, ...] = field(default=())
    requests: bool = False
    causes: bool = False
    fail_on: tuple[str, ...] = field(default=())


def run_detect(reading: Reading, options: DetectOptions) -> int:
    """Print findings, or the requests behind them; raises GateError where --fail-on holds."""
    gates = [read_gate(text) for text in options.fail_on]
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        hits = run_detectors(store, reading, book, options.name, options.settings)
        covered = coverage(store)
        found = findings(store, hits)
        for gate in gates:
            gate.look_up(found.totals)
        shared = envelope("detect", filters, book, covered) | {"cannot_run": hits.cannot_run}
        is_read = output_format in FOR_PEOPLE and not (options.requests or options.causes or asked())
        rows = first_findings(found) if is_read else found.rows
        table = Table(
            "Findings", found.columns, rows, found.totals, shared, (*found.own[::-1], *HIDE_WHEN_NARROW), WORDS
        )
        if options.requests:
            columns, rows = found_requests(store, hits)
            table = Table("Requests", columns, rows, {}, shared)
        elif options.causes:
            columns, rows = causes(store, hits, options.name)
            table = Table(
                "Causes", columns, rows, {}, shared, ("requests_share", "input_tokens", "requests", "uncached_usd")
            )
        write(table, output_format, reading.output)
    for line in (*(findings_left(found) if is_read else ()), *found_lines(hits, found.totals)):
        note(line)
    print_coverage(book, covered, strict=reading.strict)
    for gate in gates:
        gate.check(found.totals)
    return 0


def run_explain(name: str, *, sql: bool) -> int:
    """Print a detector's words, or its query as it is run."""
    refuse("what a detector is", "leave --explain and --sql out")
    known = known_detectors(open_configuration())
    for detector in (known[each] for each in pick(name, known)):
        print(detector.query.strip() if sql else "\n".join(words_of(detector)))
    return 0


def words_of(detector: Detector) -> Iterator[str]:
    """Say what a detector looks for, what to do about it, what it needs and what can be set."""
    yield f"{detector.name}: {detector.title}"
    yield f"  why:   {detector.why}"
    yield f"  fix:   {detector.advice}"
    for need in detector.needs:
        yield f"  needs: {' or '.join(need['fields'])}" + (f", where {need['of']}" if "of" in need else "")
    for parameter, default in detector.params.items():
        yield f"  --set {parameter}={default}"


def found_lines(hits: Hits, totals: Mapping[str, Any]) -> Iterator[str]:
    """Say what was found in all, and which detectors could not run."""
    if not totals["requests"]:
        yield "found: nothing"
    elif totals["saving_usd"] is None:
        them = agreeing(totals["requests"], "it", "they")
        found = counted(totals["requests"], "request")
        yield f"found: {found}; what {them} would save is not known, none has a price"
    else:
        yield f"found: {counted(totals['requests'], 'request')}, {apart(totals)}"
        if totals["unknown_requests"]:
            unknown = totals["unknown_requests"]
            yield f"not known: what {unknown:,} of them would save; {agreeing(unknown, 'it has', 'they have')} no price"
    if totals["saving_usd"] is not None and totals.get("standalone_usd", totals["saving_usd"]) != totals["saving_usd"]:
        shown = dollars(totals["standalone_usd"])
        yield f"by itself: {shown} would be saved; what detectors that come before it claim is counted there"
    if totals.get("unbilled_status_usd"):
        shown = dollars(totals["unbilled_status_usd"])
        yield f"unbilled: {shown} of it has a status that the provider does not bill, says the price book"
    if totals.get("unobserved_usd"):
        shown = dollars(totals["unobserved_usd"])
        yield f"unobserved: up to {shown} more may be billed for attempts without usage; it is in no total"
    for name, reason in hits.cannot_run.items():
        yield f"{name}: {reason}"


def apart(totals: Mapping[str, Any]) -> str:
    """Write savings by certainty, the surest first: what is proven is said even where it is nothing."""
    proven = dollars(totals["proven_usd"])
    most = dollars(totals["saving_high_usd"])
    return f"{proven} proven" + ("" if most == proven else f", up to {most}")
