"""`llmcost baseline create | accept | show`."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from llmcost.check import Rules, Source, check
from llmcost.check.baseline import Baseline, cases_of
from llmcost.check.baseline_read import read_baseline
from llmcost.check.baseline_write import write_baseline
from llmcost.check.formats.tables import usd
from llmcost.check.formats.words import edited_line, headline
from llmcost.check.keys import Keys
from llmcost.check.restore import restore
from llmcost.check.sides import CaseRuns, Side, measure
from llmcost.cli.books import open_book
from llmcost.cli.check.limits import limits_of
from llmcost.cli.notes import note
from llmcost.cli.output import write_text
from llmcost.cli.reading import Reading, envelope, open_store, print_coverage, write
from llmcost.counts import agreeing, counted
from llmcost.errors import InputError, UsageError, unwritable
from llmcost.render import Table
from llmcost.render.cell import plain
from llmcost.store import Filters

# what CI calls the commit
COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA")
SUMMED = ("runs", "requests", "input_tokens", "cache_read_tokens")
COLUMNS = ("case_id", *SUMMED, "cost_per_run_usd", "least_per_run_usd", "most_per_run_usd")


@dataclass(frozen=True)
class BaselineOptions:
    """What a baseline is to be made of, and where it is to stand."""

    traces: tuple[str, ...]
    file: Path
    keys: tuple[str | None, str | None, str | None]
    commit: str | None
    pricing: Path | None
    strict: bool


def run_create(options: BaselineOptions, *, force: bool) -> int:
    """Write a baseline. Raises UsageError where one is there already."""
    if options.file.exists() and not force:
        raise UsageError(
            f"{options.file}: there is a baseline", hint='`llmcost baseline accept TRACES --reason "..."` changes it'
        )
    with ExitStack() as stack:
        source = opened(options, stack)
        save(options, source, None)
    return 0


def run_accept(options: BaselineOptions, reason: str) -> int:
    """Write a baseline over another, with a reason, and say what changes."""
    before = read_baseline(options.file)
    with ExitStack() as stack:
        source = opened(options, stack)
        book, base = open_book(options.pricing), stack.enter_context(restore(before))
        days = before.priced_on, source.day(book)
        try:
            found = check(Source(base, Filters(), Keys()), source, book, Rules(), days)
            note(f"accepted: {headline(found).partition(': ')[2]}")
        except InputError as error:
            note(f"accepted: {error.message}")
        save(options, source, reason)
    return 0


def opened(options: BaselineOptions, stack: ExitStack) -> Source:
    """Read the traces."""
    names = dict(zip(("case_key", "run_key", "route_key"), options.keys, strict=True))
    given = limits_of(names)
    keys = Keys(given.case_key, given.run_key, given.route_key)
    store = stack.enter_context(open_store(options.traces, options.file, keys.case_key, whole=True))
    return Source(store, Filters(), keys)


def save(options: BaselineOptions, source: Source, reason: str | None) -> None:
    """Write the file. Raises InputError where no request names a case, IncompleteError under --strict."""
    book = open_book(options.pricing)
    day = source.day(book)
    side = measure(source, book, day)
    if not side.tried:
        raise no_case(side)
    commit = options.commit or next((os.environ[name] for name in COMMITS if os.environ.get(name)), None)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    cost = plain(usd(whole(side)))
    print_coverage(book, side.coverage, strict=options.strict)
    make_folder(options.file)
    baseline = Baseline(cases_of(source.store), source.keys.named, day, now, commit, reason, book.sha256, cost)
    write_text(write_baseline(baseline), options.file)
    note(f"{options.file}: {told(side)}")


def make_folder(file: Path) -> None:
    """Make the folder that a file is to stand in."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(file, error) from error


def whole(side: Side) -> Fraction:
    """Add up what a run of each case costs, of those that have a cost."""
    return sum((tried.cost for tried in side.tried.values() if tried.cost is not None), Fraction())


def told(side: Side) -> str:
    """Say what a baseline holds."""
    runs = sum(len(tried.runs) for tried in side.tried.values())
    requests = side.requests - side.uncased
    named = agreeing(side.uncased, "names no case and is", "name no case and are")
    left_out = f"; {counted(side.uncased, 'request')} {named} left out" if side.uncased else ""
    held = (counted(len(side.tried), "case"), counted(runs, "run"), counted(requests, "request"))
    return f"{', '.join(held)}{left_out}"


def run_show(file: Path, reading: Reading) -> int:
    """Print the cases of a baseline, priced as on the day of its last request."""
    baseline, book, output_format = read_baseline(file), reading.book, reading.output_format
    with restore(baseline) as store:
        side = measure(Source(store, Filters(), Keys()), book, baseline.priced_on)
    rows = [row(tried) for tried in side.tried.values()]
    totals = {
        **{name: sum(found[at] for found in rows) for at, name in enumerate(COLUMNS) if name in SUMMED},
        "cost_per_run_usd": usd(whole(side)),
    }
    shared = envelope("baseline show", Filters(), book, side.coverage) | {"baseline": header(baseline)}
    write(Table("Baseline", COLUMNS, rows, totals, shared, COLUMNS[6:]), output_format, reading.output)
    if not baseline.is_intact:
        note(edited_line(file))
    for name, value in header(baseline).items():
        note(f"{name}: {value}")
    print_coverage(book, side.coverage, strict=reading.strict)
    return 0


def row(tried: CaseRuns) -> tuple[Any, ...]:
    """Write a case as a row of COLUMNS."""
    costs = [run.cost for run in tried.runs if run.cost is not None]
    return (
        tried.id,
        len(tried.runs),
        sum(run.requests for run in tried.runs),
        sum(run.input_tokens for run in tried.runs),
        sum(run.cache_read_tokens for run in tried.runs),
        usd(tried.cost),
        usd(min(costs, default=None)),
        usd(max(costs, default=None)),
    )


def header(baseline: Baseline) -> dict[str, str]:
    """Give what a baseline says of itself."""
    found = {
        "created_at": baseline.created_at.isoformat(),
        "commit": baseline.commit,
        "reason": baseline.reason,
        "case_key": baseline.case_key,
        "priced_on": baseline.priced_on.isoformat(),
        "prices": baseline.prices and baseline.prices[:12],
    }
    return {name: value for name, value in found.items() if value}


def no_case(side: Side) -> InputError:
    """Say that nothing can be paired."""
    return InputError(
        f"not one of {counted(side.requests, 'request')} names its test case",
        hint="stamp them with metadata.test_case (`pytest --llmcost` does), or say where it stands: --case-key",
    )
