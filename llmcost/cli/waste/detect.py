"""`llmcost detect`: run detectors, print findings or the requests behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from llmcost.cli.choosing import asked, refuse
from llmcost.cli.configuration import Configuration, open_configuration, with_set
from llmcost.cli.notes import note
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.cli.report.left_out import findings_left, first_findings
from llmcost.cli.sql.answers import FOR_PEOPLE
from llmcost.cli.waste.gates import read_gate
from llmcost.counts import agreeing, counted
from llmcost.detect import Detector, Hits, causes, claim, detect, detectors, findings, found_requests, own_detectors
from llmcost.errors import InputError, UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.render import Table
from llmcost.render.cell import dollars
from llmcost.report import coverage
from llmcost.store import Filters, Store

ALL = "all"
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
BELOW = ("evidence", "examples", "fix")


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
        hits = run(store, reading, book, options.name, options.settings)
        covered = coverage(store)
        found = findings(store, hits)
        for gate in gates:
            gate.look_up(found.totals)
        shared = envelope("detect", filters, book, covered) | {"cannot_run": hits.cannot_run}
        is_read = output_format in FOR_PEOPLE and not (options.requests or options.causes or asked())
        rows = first_findings(found) if is_read else found.rows
        table = Table(
            "Findings", found.columns, rows, found.totals, shared, (*found.own[::-1], *HIDE_WHEN_NARROW), BELOW
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


def run(
    store: Store, reading: Reading, book: Book, name: str, texts: tuple[str, ...], filters: Filters | None = None
) -> Hits:
    """Run one detector or all of them, a team's own ones last, and let each dollar be claimed once.

    Raises UsageError for a detector or a parameter that does not exist, InputError where none can run on these logs.
    """
    configuration = open_configuration()
    known = known_detectors(configuration)
    chosen = pick(name, known)
    settings = with_set(configuration.settings, chosen, texts, known)
    with step_line() as step:
        hits = detect(store, book, known, chosen, filters=filters or reading.filters, settings=settings, on_step=step)
        if hits.found:
            step("adding up")
            claim(store, hits)
    if not hits.found:
        lines = [f"{each} {reason}" for each, reason in hits.cannot_run.items()]
        raise InputError("; ".join(lines), hint="llmcost doctor tells what these logs hold")
    return hits


def known_detectors(configuration: Configuration) -> dict[str, Detector]:
    """List the shipped detectors and those of the folder that llmcost.yaml names."""
    known = {**detectors(), **(own_detectors(configuration.folder) if configuration.folder else {})}
    strays = [detector for detector in configuration.settings if detector not in known]
    if strays:
        raise UsageError(f"llmcost.yaml: {strays[0]}: no such detector", hint=among(strays[0], known, "there are"))
    return known


def pick(name: str, known: Mapping[str, Detector]) -> list[str]:
    """Name the detectors to run. Raises UsageError where there is none of this name."""
    if name == ALL:
        return list(known)
    if name not in known:
        raise UsageError(f"{name}: no such detector", hint=among(name, [*known, ALL], "there are"))
    return [name]


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
        shown = dollars(totals["standalone_usd"], 2)
        yield f"by itself: {shown} would be saved; what detectors that come before it claim is counted there"
    if totals.get("unbilled_status_usd"):
        shown = dollars(totals["unbilled_status_usd"], 2)
        yield f"unbilled: {shown} of it has a status that the provider does not bill, says the price book"
    if totals.get("unobserved_usd"):
        shown = dollars(totals["unobserved_usd"], 2)
        yield f"unobserved: up to {shown} more may be billed for attempts without usage; it is in no total"
    for name, reason in hits.cannot_run.items():
        yield f"{name}: {reason}"


def apart(totals: Mapping[str, Any]) -> str:
    """Write savings by certainty, the surest first: what is proven is said even where it is nothing."""
    proven = "not known" if totals["proven_usd"] is None else dollars(totals["proven_usd"], 2)
    most = dollars(totals["saving_high_usd"], 2)
    return f"{proven} proven" + ("" if most == proven else f", up to {most}")
