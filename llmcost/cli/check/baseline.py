"""`llmcost baseline create` and `accept`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from llmcost.check import Rules, Source, check
from llmcost.check.baseline import Baseline, cases_of
from llmcost.check.baseline_read import read_baseline
from llmcost.check.baseline_write import write_baseline
from llmcost.check.formats.tables import usd
from llmcost.check.formats.words import headline
from llmcost.check.keys import Keys
from llmcost.check.restore import restore
from llmcost.check.rules import keys_of
from llmcost.check.run import cost_per_run, no_case
from llmcost.check.sides import Side, measure
from llmcost.check_settings import KeySettings
from llmcost.cli.check.baseline_options import BaselineOptions
from llmcost.cli.coverage import print_coverage
from llmcost.cli.files import make_folder
from llmcost.cli.notes import note
from llmcost.cli.output import write_text
from llmcost.cli.stores import open_store
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.errors import InputError, UsageError
from llmcost.pricing import Book
from llmcost.render.cell import plain
from llmcost.store import Filters

# what CI calls the commit
COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA")


def run_create(options: BaselineOptions, keys: KeySettings, *, force: bool) -> int:
    """Write a baseline. Raises UsageError where one is there already."""
    if options.output.exists() and not force:
        raise UsageError(
            f"{options.output}: there is a baseline", hint='`llmcost baseline accept TRACES --reason "..."` changes it'
        )
    with opened(options, keys) as source:
        save(options, source, None)
    return 0


def run_accept(options: BaselineOptions, keys: KeySettings, reason: str) -> int:
    """Write a baseline over another, with a reason, and say what changes."""
    before = read_baseline(options.output)
    with opened(options, keys) as source:
        note(f"accepted: {change(before, source, options.book)}")
        save(options, source, reason)
    return 0


@contextmanager
def opened(options: BaselineOptions, keys: KeySettings) -> Iterator[Source]:
    """Read the traces."""
    named = keys_of(keys.over(open_configuration().check))
    with open_store(options.traces, options.output, named.case_key, whole=True) as store:
        yield Source(store, Filters(), named)


def change(before: Baseline, source: Source, book: Book) -> str:
    """Say what a run costs now and cost before, or why that cannot be said."""
    with restore(before) as base:
        days = before.priced_on, source.day(book)
        try:
            found = check(Source(base, Filters(), Keys()), source, book, Rules(), days)
        except InputError as error:
            return error.message
    return headline(found).partition(": ")[2]


def save(options: BaselineOptions, source: Source, reason: str | None) -> None:
    """Write the file. Raises InputError where no request names a case, IncompleteError under --strict."""
    book = options.book
    day = source.day(book)
    side = measure(source, book, day)
    if not side.tried:
        raise no_case(side)
    commit = options.commit or next((os.environ[name] for name in COMMITS if os.environ.get(name)), None)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    cost = plain(usd(cost_per_run(side)))
    print_coverage(book, side.coverage, strict=options.strict)
    make_folder(options.output)
    baseline = Baseline(
        cases_of(source.traced(book, day)), source.keys.named, day, now, commit, reason, book.sha256, cost
    )
    write_text(write_baseline(baseline), options.output)
    note(f"{options.output}: {describe(side)}")


def describe(side: Side) -> str:
    """Say what a baseline holds."""
    runs = sum(len(tried.runs) for tried in side.tried.values())
    requests = side.requests - side.uncased
    named = agreeing(side.uncased, "names no case and is", "name no case and are")
    left_out = f"; {counted(side.uncased, 'request')} {named} left out" if side.uncased else ""
    held = (counted(len(side.tried), "case"), counted(runs, "run"), counted(requests, "request"))
    return f"{', '.join(held)}{left_out}"
