"""`llmcost check`: open both sides, compare them, print the verdict wherever it is read, fail where it fails."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from llmcost.check import Checked, check
from llmcost.check.decision import FAIL
from llmcost.check.formats.words import edited_line
from llmcost.check.rules import keys_of, rules_of
from llmcost.check_settings import CheckSettings
from llmcost.cli.check.formats import targets_of, write_all
from llmcost.cli.check.options import CheckOptions, CheckReading
from llmcost.cli.check.sides import open_sides
from llmcost.cli.notes import note
from llmcost.cli.places import DEFAULT_BASELINE
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.errors import GateError, IncompleteError
from llmcost.pricing.book import book_line
from llmcost.report.completeness import coverage_lines


def run_check(reading: CheckReading, options: CheckOptions, given: CheckSettings, key: str | None) -> int:
    """Print a check in every format asked for. Raises GateError where it fails, IncompleteError under --strict."""
    settings = given.over(open_configuration().check)
    rules = rules_of(settings, allow_unpriced=options.allow_unpriced, seed=options.seed)
    targets = targets_of(reading)
    with ExitStack() as stack:
        sides = open_sides(reading, options, keys_of(settings), stack)
        book = reading.book
        day = reading.as_of or sides.head.day(book)
        base_day = sides.baseline.priced_on if sides.baseline else sides.base.day(book)
        found = check(sides.base, sides.head, book, replace(rules, by=sides.by), (base_day, day))
        if sides.baseline and not sides.baseline.is_intact:
            found = edited(found, options.baseline or DEFAULT_BASELINE)
    write_all(found, reading, book, targets, key)
    for line in [*found.verdict.notes, book_line(book), *coverage_lines(found.compared.head.coverage)]:
        note(line)
    return exit_code(found, reading.strict)


def edited(found: Checked, path: Path) -> Checked:
    """Say of a check that its baseline was changed by hand."""
    verdict = found.verdict
    return replace(found, is_edited=True, verdict=replace(verdict, notes=(*verdict.notes, edited_line(path))))


def exit_code(found: Checked, is_strict: bool) -> int:
    """Turn the verdict into an exit code."""
    if found.verdict.outcome == FAIL:
        raise GateError(f"the check fails: {found.verdict.reasons[0].text}")
    compared = found.compared
    missing = sum(side.coverage.requests - side.coverage.priced_requests for side in (compared.base, compared.head))
    if is_strict and not found.verdict.is_conclusive:
        raise IncompleteError(f"--strict: no verdict: {found.verdict.notes[0]}")
    if is_strict and missing:
        raise IncompleteError(
            f"--strict: {counted(missing, 'request')} of both sides {agreeing(missing, 'has', 'have')} no cost"
        )
    return 0
