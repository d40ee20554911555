"""Open a store, or read logs into memory."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from llmcost.cli.progress import progress_bar
from llmcost.errors import InputError, LockedError, UsageError
from llmcost.store import Store

# who follows logs has a store for a moment every few seconds
PATIENCE_SECONDS = 5.0
RETRY_SECONDS = 0.05


def wait_for_store(db: Path, *, read_only: bool = False, may: Sequence[str] = ()) -> Store:
    """Open a store, once nobody holds it alone. Raises LockedError where somebody does for more than a few seconds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return Store(db, read_only=read_only, may=may)
        except LockedError:
            if time.monotonic() > until:
                raise
        time.sleep(RETRY_SECONDS)


def open_store(
    paths: tuple[str, ...],
    db: Path,
    case_key: str | None = None,
    like: Store | None = None,
    *,
    whole: bool = False,
    may: Sequence[str] = (),
) -> Store:
    """Open the store read-only, or read the named logs into memory; then it is sandboxed, but for what it `may` open.

    `case_key` is the key of their metadata that names the test case; `like` a store that hashes prompts the same.
    Where a named file cannot be read the command ends with 3; raises InputError where `whole`, since it is a part.
    """
    if not paths:
        return wait_for_store(db, read_only=True, may=may)
    # reading a store needs nothing of this
    from llmcost.cli.problems import print_problems
    from llmcost.cli.unread import note_unread
    from llmcost.ingest import Options, ingest, refusal_of, share_hashing

    store = Store()
    if like is not None:
        share_hashing(store, like)
    options = Options() if case_key is None else Options(case_key=case_key)
    with progress_bar(store) as progress:
        summary = ingest(store, paths, options=options, progress=progress)
    store.sandbox(may)
    print_problems(summary)
    if summary.refused and whole:
        raise refusal_of(summary.refused)
    note_unread(summary.refused)
    if not summary.new:
        raise InputError("not one request was found in these logs", hint="llmcost doctor shows what they hold")
    return store


def bound_memory(store: Store, limit: str) -> None:
    """Let queries use at most this much memory and spill the rest to disk. Raises UsageError for what is not a size."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?)?B", limit, re.IGNORECASE):
        raise UsageError(f"--memory-limit {limit}: not a size", hint="for example --memory-limit 1GB")
    store.execute(f"set memory_limit = '{limit}'")


def refuse_empty(store: Store, db: Path) -> None:
    """Close a store that holds no request. Raises InputError."""
    if not store.rows("(select 1 from requests limit 1) union all (select 1 from summaries limit 1)"):
        store.close()
        raise empty_store(db)


def empty_store(db: Path) -> InputError:
    """Say that a store holds nothing, and how it is filled."""
    return InputError(f"{db}: the store is empty", hint="llmcost ingest PATH fills it")
