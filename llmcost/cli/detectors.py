"""Run the detectors that are asked for as llmcost.yaml and --set say, and show the first of many findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmcost.cli.progress import step_line
from llmcost.configuration import Configuration, open_configuration
from llmcost.detect import Claims, Detector, Findings, claim, detect, detectors, own_detectors
from llmcost.detect.findings import MONEY
from llmcost.errors import InputError, UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.report.few import few_rows
from llmcost.store import Filters, Store

ALL = "all"
# more are not read one by one
MOST_FINDINGS = 200
# of findings, in which a request may stand with several detectors; its dollars stand in one
SUMS = ("saving_usd", "saving_low_usd", "saving_high_usd")


def run_detectors(store: Store, book: Book, filters: Filters, name: str = ALL, texts: Sequence[str] = ()) -> Claims:
    """Run one detector or all of them, a team's own ones last, and let each dollar be claimed once.

    `texts` are NAME=VALUE, as --set has them. Raises UsageError for a detector or a parameter that does not exist,
    InputError where none can run on these logs.
    """
    configuration = open_configuration()
    known = known_detectors(configuration)
    chosen = pick(name, known)
    settings = with_set(configuration.settings, chosen, texts, known)
    with step_line() as step:
        hits = detect(store, book, known, chosen, filters=filters, settings=settings, on_step=step)
        claims = claim(hits)
        if hits.found:
            step("adding up")
            store.bind({"claims": claims.made["claims"]})
    if not hits.found:
        lines = [f"{each} {reason}" for each, reason in hits.cannot_run.items()]
        raise InputError("; ".join(lines), hint="llmcost doctor shows what these logs hold")
    return claims


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


def with_set(
    settings: Mapping[str, Mapping[str, Any]], chosen: Sequence[str], texts: Sequence[str], known: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Lay `--set name=value` over the settings, for every chosen detector that has this parameter.

    Raises UsageError where none has it.
    """
    laid = {name: dict(values) for name, values in settings.items()}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise UsageError(f"--set {text}: not of the form name=value", hint="for example --set max_gap_seconds=30")
        having = [detector for detector in chosen if name in known[detector].params]
        if not having:
            every = sorted({param for detector in chosen for param in known[detector].params})
            raise UsageError(f"--set {name}: no such parameter", hint=among(name, every, "there are"))
        for detector in having:
            laid.setdefault(detector, {})[name] = value
    return laid


def first_findings(found: Findings) -> list[tuple[Any, ...]]:
    """Keep the largest findings, and make the others one."""
    return few_rows(found.rows, found.columns, found.columns.index(MONEY[0]), SUMS, MOST_FINDINGS)


def findings_left(found: Findings) -> Iterator[str]:
    """Say how many findings stand alone, and where all are."""
    if len(found.rows) > MOST_FINDINGS:
        yield f"findings: {MOST_FINDINGS:,} of {len(found.rows):,}; the rest as one, -f csv has all"
