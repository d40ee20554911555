"""Both sides of a check, opened: traces, a baseline, or two times of a store."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from llmcost.check import Source
from llmcost.check.baseline import Baseline
from llmcost.check.baseline_read import read_baseline
from llmcost.check.keys import Keys
from llmcost.check.restore import restore
from llmcost.check.run import CASE, ROUTE
from llmcost.cli.check.options import CheckOptions
from llmcost.cli.notes import note
from llmcost.cli.places import DEFAULT_BASELINE
from llmcost.cli.reading import Reading
from llmcost.cli.stores import empty_store, open_store
from llmcost.errors import UsageError
from llmcost.report.compare import earlier, spans_line, windows
from llmcost.report.span import logged
from llmcost.store import Filters, Store


@dataclass(frozen=True)
class Sides:
    """Both sides opened. `baseline` is the file that the base is of, where it is one."""

    base: Source
    head: Source
    by: str
    baseline: Baseline | None = None


def open_sides(reading: Reading, options: CheckOptions, keys: Keys, stack: ExitStack) -> Sides:
    """Open what is to be checked and what it is compared with. Raises UsageError where that is not clear."""
    if sum((options.baseline is not None, bool(options.against), options.compare is not None)) > 1:
        raise UsageError("--baseline, --against and --compare are three ways to say one thing", hint="give one of them")
    if options.compare is not None:
        return periods(reading, options.compare, keys, stack)
    if options.against:
        return traces(reading, options.against, keys, stack)
    path = options.baseline or DEFAULT_BASELINE
    baseline = read_baseline(path)
    head = stack.enter_context(opened(reading, reading.paths, keys))
    base = stack.enter_context(restore(baseline))
    return Sides(Source(base, Filters(), Keys()), Source(head, reading.filters, keys), CASE, baseline)


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
        raise empty_store(reading.db)
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
