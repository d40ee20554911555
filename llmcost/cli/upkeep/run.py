"""`llmcost compact` and `prune`: the store written anew, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path

from llmcost.cli.days import read_day
from llmcost.cli.progress import step_line
from llmcost.cli.stores import bound_memory, refuse_empty, wait_for_store
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.store import Store
from llmcost.store.connect import check_file
from llmcost.store.prune import oldest, prune, summarize
from llmcost.store.rewrite import Rewritten, rewrite


def run_compact(db: Path, memory_limit: str | None) -> int:
    """Write the store anew, sorted by time, and say what it came to."""
    with opened(db, memory_limit) as store, step_line() as say:
        done = rewrite(store, say)
    print(f"{db}: {counted(done.requests, 'request')} in order of time; {sizes(done)}")
    return 0


def run_prune(book: Book, before: str | None, db: Path, memory_limit: str | None, *, is_dry: bool) -> int:
    """Put sums in the place of requests before a day, and say what went. Raises UsageError without a day."""
    day = read_day(before, "--before")
    if day is None:
        raise UsageError("prune: before which day?", hint="--before 2026-01-01 keeps requests from that day on")
    moment = datetime.combine(day, time())
    with opened(db, memory_limit) as store, step_line() as say:
        count, first = oldest(store, moment)
        if first is None:
            print(f"{db}: no requests before {day}")
            return 0
        say("summing")
        sums = counted(summarize(store, book, moment), "summary")
        what = f"{counted(count, 'request')} from {first:%Y-%m-%d} to before {day}"
        done = None if is_dry else prune(store, moment, say)
    if done is None:
        print(f"{db}: {what} would go, and {sums} would stay of them")
    else:
        print(f"{db}: {what} are gone, {sums} of them kept; {sizes(done)}")
    return 0


@contextmanager
def opened(db: Path, memory_limit: str | None) -> Iterator[Store]:
    """Open a store that is there, alone. Raises StoreError, and InputError where it holds no request."""
    check_file(str(db), read_only=True)
    with wait_for_store(db) as store:
        if memory_limit is not None:
            bound_memory(store, memory_limit)
        refuse_empty(store, db)
        yield store


def sizes(done: Rewritten) -> str:
    """Write how large the file was and is."""
    return f"{done.size_before / 1e6:,.1f} MB before, {done.size / 1e6:,.1f} MB now"
