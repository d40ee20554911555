"""`llmcost check`: open both sides, compare them, print the verdict wherever it is read, fail where it fails."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from llmcost.check import Checked, Rules, Source, check
from llmcost.check.baseline import Baseline
from llmcost.check.baseline_read import read_baseline
from llmcost.check.decision import FAIL
from llmcost.check.formats.words import edited_line
from llmcost.check.keys import Keys
from llmcost.check.restore import restore
from llmcost.check.run import CASE, ROUTE
from llmcost.cli.check.formats import targets_of, write_all
from llmcost.cli.days import read_day
from llmcost.cli.notes import note
from llmcost.cli.places import DEFAULT_BASELINE
from llmcost.cli.reading import Reading, book_line, coverage_lines, open_store
from llmcost.counts import agreeing, counted
from llmcost.errors import GateError, IncompleteError, InputError, UsageError
from llmcost.report.compare import earlier, spans_line, windows
from llmcost.report.span import logged
from llmcost.store import Filters, Store


@dataclass(frozen=True)
class CheckOptions:
    """What a check is to be: its rules, what to compare with, what names cases, runs and routes, what else to write."""

    rules: Rules
    baseline: Path | None
    against: tuple[str, ...]
    compare: str | None
    keys: Keys
    write: tuple[str, ...]
    prices_as_of: str | None
    key: str | None = None


@dataclass(frozen=True)
class Sides:
    """Both sides opened. `baseline` is the file that the base is of, where it is one."""

    base: Source
    head: Source
    by: str
    baseline: Baseline | None = None


def run_check(reading: Reading, options: CheckOptions) -> int:
    """Print a check in every format asked for. Raises GateError where it fails, IncompleteError under --strict."""
    targets = targets_of(reading, options.write)
    with ExitStack() as stack:
        sides = open_sides(reading, options, stack)
        book = reading.book
        day = read_day(options.prices_as_of, "--prices-as-of") or sides.head.day(book)
        base_day = sides.baseline.priced_on if sides.baseline else sides.base.day(book)
        rules = replace(options.rules, by=sides.by)
        found = check(sides.base, sides.head, book, rules, (base_day, day))
        if sides.baseline and not sides.baseline.is_intact:
            found = edited(found, options.baseline or DEFAULT_BASELINE)
    write_all(found, reading, book, targets, options.key)
    for line in [*found.verdict.notes, book_line(book), *coverage_lines(found.compared.head.coverage)]:
        note(line)
    return leave(found, reading.strict)


def edited(found: Checked, path: Path) -> Checked:
    """Say of a check that its baseline was changed by hand."""
    verdict = found.verdict
    return replace(found, is_edited=True, verdict=replace(verdict, notes=(*verdict.notes, edited_line(path))))


def leave(found: Checked, is_strict: bool) -> int:
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


def open_sides(reading: Reading, options: CheckOptions, stack: ExitStack) -> Sides:
    """Open what is to be checked and what it is compared with. Raises UsageError where that is not clear."""
    if sum((options.baseline is not None, bool(options.against), options.compare is not None)) > 1:
        raise UsageError("--baseline, --against and --compare are three ways to say one thing", hint="give one of them")
    if options.compare is not None:
        return periods(reading, options.compare, options.keys, stack)
    if options.against:
        return traces(reading, options.against, options.keys, stack)
    path = options.baseline or DEFAULT_BASELINE
    baseline = read_baseline(path)
    head = stack.enter_context(opened(reading, reading.paths, options.keys))
    base = stack.enter_context(restore(baseline))
    return Sides(Source(base, Filters(), Keys()), Source(head, reading.filters, options.keys), CASE, baseline)


def traces(reading: Reading, against: tuple[str, ...], keys: Keys, stack: ExitStack) -> Sides:
    """Open two sets of traces; where one of them names no case, routes are compared."""
    base = stack.enter_context(opened(reading, against, keys))
    head = stack.enter_context(opened(reading, reading.paths, keys, base))
    return by_what_there_is(
        Source(base, replace(reading.filters, since=None, until=None), keys),
        Source(head, reading.filters, keys),
        reading,
    )


def periods(reading: Reading, compare: str, keys: Keys, stack: ExitStack) -> Sides:
    """Open a store once and compare two times of it, as far as its logs reach."""
    # before anything is opened
    earlier(compare, reading.filters)
    store = stack.enter_context(opened(reading, reading.paths, keys))
    span = logged(store)
    if span is None:
        raise InputError(f"{reading.db}: the store is empty", hint="llmcost ingest PATH fills it")
    sides = windows(compare, reading.filters, span)
    note(spans_line(sides))
    return by_what_there_is(Source(store, sides.before, keys), Source(store, sides.now, keys), reading)


def by_what_there_is(base: Source, head: Source, reading: Reading) -> Sides:
    """Compare cases where both sides name some, else routes."""
    book = reading.book
    if base.names_cases(book) and head.names_cases(book):
        return Sides(base, head, CASE)
    routes = [replace(side, keys=replace(side.keys, is_by_route=True)) for side in (base, head)]
    return Sides(routes[0], routes[1], ROUTE)


def opened(reading: Reading, paths: tuple[str, ...], keys: Keys, like: Store | None = None) -> Store:
    """Open the store, or read logs; `like` is a store whose hashes of prompts these are compared with."""
    if not paths:
        return reading.open()
    return open_store(paths, reading.db, case_key=keys.case_key, like=like, whole=True)
