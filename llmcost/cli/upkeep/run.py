"""`llmcost compact`: the store written anew, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmcost.cli.progress import step_line
from llmcost.cli.stores import bound_memory, refuse_empty
from llmcost.counts import counted
from llmcost.store import Store
from llmcost.store.connect import check_file
from llmcost.store.rewrite import Rewritten, rewrite


def run_compact(db: Path, memory_limit: str | None) -> int:
    """Write the store anew, sorted by time, and say what it came to."""
    with opened(db, memory_limit) as store, step_line() as say:
        done = rewrite(store, say)
    print(f"{db}: {counted(done.requests, 'request')} in order of time; {sizes(done)}")
    return 0


@contextmanager
def opened(db: Path, memory_limit: str | None) -> Iterator[Store]:
    """Open a store that is there, alone. Raises StoreError, and InputError where it holds no request."""
    check_file(str(db), read_only=True)
    with Store(db) as store:
        if memory_limit is not None:
            bound_memory(store, memory_limit)
        refuse_empty(store, db)
        yield store


def sizes(done: Rewritten) -> str:
    """Write how large the file was and is."""
    return f"{done.size_before / 1e6:,.1f} MB before, {done.size / 1e6:,.1f} MB now"
