"""Commit a batch whatever its lines are: where DuckDB refuses one, it is looked for, and left out.

First all is tried as it lies. Then its files are weeded, which finds nearly all bad lines in one pass. Files that are
refused even so are sieved, which writes anew what the format reads of each line, and where that is not enough, they are
bisected. Each step takes far longer than the one before, and few logs need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import duckdb

from llmcost.errors import StoreError, cannot_write
from llmcost.ingest.aside import setting_aside
from llmcost.ingest.bisect import bisect
from llmcost.ingest.contract import breach
from llmcost.ingest.measured import check_measured
from llmcost.ingest.options import Options
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import REFUSALS, Reader, RefusedError, by_reader, reader_of, refused
from llmcost.ingest.sieve import Reject, sieve
from llmcost.ingest.summary import Summary
from llmcost.ingest.transaction import commit
from llmcost.ingest.weed import weed
from llmcost.shelf import UNBOUND
from llmcost.store import Store

# a file without its bad lines, and these
Cleaned = Callable[[Recognised], tuple[Recognised, list[Reject]]]


@dataclass(frozen=True)
class Attempt:
    """What is tried to commit: files, the lines that were left out of them, and the paths that may be refused yet."""

    batch: list[Recognised]
    rejects: list[Reject]
    suspects: set[str]


def commit_readable(
    store: Store, batch: list[Recognised], copies: str, options: Options, summary: Summary
) -> tuple[list[Recognised], int, Summary]:
    """Commit the lines of a batch that can be read; return the files that are in, rows read, and what they came to.

    Raises GrownError where its files have grown meanwhile, StoreError where the store cannot be written, ShelfError
    where a format's query cannot be bound.
    """
    try:
        with writing(store):
            return batch, *commit_bounded(store, batch, [], copies, options, summary)
    except UNBOUND as error:
        raise breach(store, batch, error) from error
    except RefusedError as error:
        check_measured(batch)
        refusal = error
    tried = Attempt(batch, [], {item.source.path for item in batch})
    for step in (weeded, settled):
        before, tried = tried.batch, step(store, tried, refusal.reader, copies, summary)
        if not tried.batch:
            return [], 0, Summary()
        try:
            if tried.batch != before:
                with writing(store):
                    return tried.batch, *commit_bounded(store, tried.batch, tried.rejects, copies, options, summary)
        except RefusedError as error:
            refusal = error
    raise unwritable(store, refusal) from refusal


def commit_bounded(
    store: Store, batch: list[Recognised], rejects: list[Reject], copies: str, options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Commit within the bound of memory, or beyond it where a batch cannot be read otherwise."""
    try:
        return commit(store, batch, rejects, copies, options, summary)
    except duckdb.OutOfMemoryException:
        store.execute("reset memory_limit")
        return commit(store, batch, rejects, copies, options, summary)


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Tell a store that cannot be written from a line that cannot be read, and raise StoreError for it."""
    try:
        yield
    except RefusedError as error:
        if is_about_disk(error.__cause__):
            raise unwritable(store, error.__cause__) from error
        raise
    except (*REFUSALS, duckdb.FatalException) as error:
        raise unwritable(store, error) from error


def weeded(store: Store, tried: Attempt, reader: Reader, copies: str, summary: Summary) -> Attempt:
    """Replace each file that has bad lines by a copy of the others."""
    return attempt(tried, tried.suspects, summary, lambda item: weed(item, copies))


def settled(store: Store, tried: Attempt, reader: Reader, copies: str, summary: Summary) -> Attempt:
    """Leave out the bad lines of each file that DuckDB refuses: those that the sieve names, and any that are left."""

    def cleaned(item: Recognised) -> tuple[Recognised, list[Reject]]:
        source, bad = sieve(item.source, item.format, copies)
        sieved = replace(item, source=source, time_type="VARCHAR")
        if refused(store, [sieved], copies) is None:
            return sieved, bad
        kept, more = bisect(store, sieved, copies)
        return kept, bad + more

    return attempt(tried, refused_among(store, tried, reader, copies), summary, cleaned)


def attempt(tried: Attempt, paths: set[str], summary: Summary, cleaned: Cleaned) -> Attempt:
    """Clean the files of these paths, the only ones that may be refused yet; one that cannot be read is set aside."""
    batch, rejects = [], list(tried.rejects)
    for item in tried.batch:
        if item.source.path not in paths:
            batch.append(item)
            continue
        with setting_aside(item.source.path, item.source.is_named, summary):
            kept, bad = cleaned(item)
            rejects += bad
            batch.append(kept)
    return Attempt(batch, rejects, paths)


def refused_among(store: Store, tried: Attempt, reader: Reader, copies: str) -> set[str]:
    """Name the files that DuckDB refuses, of those that it may refuse: it has refused one of this reader."""
    later = [item for item in tried.batch if item.source.path in tried.suspects and reader_of(item) >= reader]
    if len(later) == 1:
        return {later[0].source.path}
    return {item.source.path for _, group in by_reader(later) for item in refused_files(store, group, copies)}


def refused_files(store: Store, group: list[Recognised], copies: str) -> list[Recognised]:
    """Find by halves the files that DuckDB refuses: one of thousands of small ones is soon found."""
    if refused(store, group, copies) is None:
        return []
    if len(group) == 1:
        return group
    half = len(group) // 2
    return refused_files(store, group[:half], copies) + refused_files(store, group[half:], copies)


def is_about_disk(error: BaseException | None) -> bool:
    """Tell a full disk from a file that cannot be read."""
    return "No space left" in str(error) or "Could not write" in str(error)


def unwritable(store: Store, error: BaseException | None) -> StoreError:
    """Say that the store took nothing of this batch; what was committed before stays."""
    reason = "the disk is full" if is_about_disk(error) else type(error).__name__
    return StoreError(cannot_write(store.path, reason), hint="run it again: what is in is not read again")
