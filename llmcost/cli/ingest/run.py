"""`llmcost ingest`: read logs into the store and say what came of it."""

from __future__ import annotations

import os
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from llmcost.cli.ingest.new_store import check_kept, no_empty_store
from llmcost.cli.notes import note
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.problems import print_problems
from llmcost.cli.progress import progress_bar
from llmcost.cli.unread import tell
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import IncompleteError, InputError, LimitError, LockedError, StoreError, UsageError
from llmcost.ingest import Options, Summary, ingest
from llmcost.ingest.deduplicate import POLICIES
from llmcost.ingest.format import Format, formats
from llmcost.ingest.limit import Limit, parse_limit
from llmcost.pricing.nearest import among
from llmcost.report import Coverage
from llmcost.store import Store

FOLLOW_SECONDS = 2.0


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    paths: tuple[str, ...]
    db: Path
    format: str | None
    map: Path | None
    tz: str
    text: str
    on_duplicate: str
    max_bad_lines: str | None
    strict: bool
    follow: bool
    pricing: Path | None


def run_ingest(request: Request) -> int:
    """Ingest and print the summary; 3 where not one line could be understood, 4 under --strict without a cost."""
    options = options_of(request)
    check_kept(request.db)
    with no_empty_store(request.db):
        return follow(request, options) if request.follow else read_once(request, options)


def read_once(request: Request, options: Options) -> int:
    """Read what there is now."""
    with Store(request.db) as store:
        summary = read(store, request, options)
        print_summary(summary)
        covered = print_unpriced(store, request.pricing) if summary.new or request.strict else None
        if store.value("select count(*) from requests"):
            note(next_line(request.db))
    tell(summary.refused)
    if summary.rejects and not summary.read - summary.rejected:
        raise InputError("not one line could be understood", hint="is it the right --format?")
    if request.strict and covered is not None and not covered.is_complete:
        missing = covered.requests - covered.priced_requests
        raise IncompleteError(
            f"--strict: {part_of(missing, covered.requests, 'request')} {agreeing(missing, 'has', 'have')} no cost"
        )
    return 0


def next_line(db: Path) -> str:
    """Say where the store is, and what to ask it next as it can be typed."""
    is_found = str(db) == os.environ.get("LLMCOST_DB", str(DEFAULT_DB))
    option = "" if is_found else f" --db {shlex.quote(str(db))}"
    return f"store: {db} · next: llmcost report --by model{option}"


def options_of(request: Request) -> Options:
    """Check what the command line asks for. Raises UsageError."""
    policy = request.on_duplicate
    if policy not in POLICIES:
        raise UsageError(f"--on-duplicate {policy}: no such policy", hint=among(policy, POLICIES))
    if request.text not in ("hash", "none"):
        raise UsageError(f"--text {request.text}: neither hash nor none", hint=among(request.text, ("hash", "none")))
    limit = parse_limit(request.max_bad_lines)
    if request.strict and request.max_bad_lines is None:
        limit = Limit(lines=0)
    return Options(format_of(request), request.on_duplicate, request.text == "hash", request.tz, limit)


def format_of(request: Request) -> Format | None:
    """Take the format that was named or mapped, if one was."""
    if request.map is not None:
        if request.format is not None:
            raise UsageError("--map and --format: one of the two")
        from llmcost.ingest.mapping import load_map

        return load_map(request.map)
    if request.format is not None and request.format not in formats():
        raise UsageError(f"--format {request.format}: no such format", hint=among(request.format, formats()))
    return formats()[request.format] if request.format else None


def read(store: Store, request: Request, options: Options) -> Summary:
    """Read once, with a bar."""
    with progress_bar(store) as progress:
        return ingest(store, request.paths, options=options, progress=progress)


def follow(request: Request, options: Options) -> int:
    """Read again and again what is new, until interrupted; between two looks the store is free for readers.

    A store that is held by another process, or a disk that is full for a moment, is waited for.
    """
    if "-" in request.paths:
        raise UsageError("--follow reads files, not stdin", hint="write to a file, or run without --follow")
    told: set[tuple[str, str]] = set()
    has_looked = is_waiting = False
    note(f"following {', '.join(request.paths)}; Ctrl-C ends it")
    while True:
        try:
            with Store(request.db) as store:
                summary = look(store, request, options)
        except (StoreError, OSError) as error:
            if not (has_looked or isinstance(error, LockedError)):
                raise
            if not is_waiting:
                note(f"waiting: {error.message if isinstance(error, StoreError) else error.strerror}")
            is_waiting = True
        else:
            if is_waiting:
                note("going on")
            has_looked, is_waiting = True, False
            tell_new(summary, told)
        time.sleep(FOLLOW_SECONDS)


def tell_new(summary: Summary, told: set[tuple[str, str]]) -> None:
    """Say what a look has read, and what it cannot read where that was not said before."""
    summary.skipped = [item for item in summary.skipped if item not in told]
    told.update(summary.skipped)
    if summary.read or summary.skipped:
        print_summary(summary)
        sys.stdout.flush()


def look(store: Store, request: Request, options: Options) -> Summary:
    """Read what is new; that nothing is there yet is no error while following."""
    try:
        summary = ingest(store, request.paths, options=options)
        summary.skipped += [
            (error.message.partition(": ")[0], error.message.partition(": ")[2]) for error in summary.refused
        ]
        return summary
    except LimitError:
        raise
    except InputError as error:
        return Summary(skipped=[(", ".join(request.paths), error.message)])


def print_summary(summary: Summary) -> None:
    """Say what was read: the numbers on stdout, problems with their places on stderr."""
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(summary.formats.items()))
    files = counted(summary.files, "file") + (f" ({kinds})" if kinds else "")
    unchanged = f", {summary.unchanged:,} unchanged" if summary.unchanged else ""
    print(f"{files}{unchanged}: {summary.new:,} new, {summary.duplicates:,} duplicate, {summary.rejected:,} rejected")
    print_problems(summary)


def print_unpriced(store: Store, pricing: Path | None) -> Coverage:
    """List what has no price, so that nobody waits for a report to learn it."""
    from llmcost.cli.books import open_book
    from llmcost.cli.reading import coverage_lines
    from llmcost.report import coverage_of

    covered = coverage_of(store, open_book(pricing))
    for line in coverage_lines(covered):
        note(line)
    return covered
