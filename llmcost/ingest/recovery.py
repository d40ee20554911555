"""Commit a batch whatever its lines are: where DuckDB refuses one, it is looked for, and left out.

First all is tried as it lies. Then the files that were refused are sieved, which names most bad lines by a rule; then
what is refused even so is bisected. Each step takes far longer than the one before, and few logs need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby

import duckdb

from llmcost.errors import StoreError, cannot_write
from llmcost.ingest.aside import setting_aside
from llmcost.ingest.bisect import bisect
from llmcost.ingest.contract import breach
from llmcost.ingest.measured import check_measured
from llmcost.ingest.options import Options
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import REFUSALS, reader_of, refused
from llmcost.ingest.sieve import Reject, sieve
from llmcost.ingest.summary import Summary
from llmcost.ingest.transaction import commit
from llmcost.shelf import UNBOUND
from llmcost.store import Store


def commit_readable(
    store: Store, batch: list[Recognised], copies: str, options: Options, summary: Summary
) -> tuple[list[Recognised], int, Summary]:
    """Commit the lines of a batch that can be read; return the files that are in, rows read, and what they came to.

    Raises GrownError where its files have grown meanwhile, StoreError where the store cannot be written, ShelfError
    where a format's query cannot be bound.
    """
    try:
        with writing(store):
            return batch, *commit_bounded(store, batch, copies, options, summary)
    except UNBOUND as error:
        raise breach(store, batch, error) from error
    except REFUSALS:
        check_measured(batch)
    paths = refused_paths(store, batch, copies)
    batch, rejects = sieved(batch, paths, copies, summary)
    if not batch:
        return batch, 0, Summary()
    try:
        with writing(store):
            return batch, *commit(store, batch, rejects, copies, options, summary)
    except REFUSALS:
        batch, more = bisected(store, batch, paths, copies)
    try:
        with writing(store):
            return batch, *commit(store, batch, rejects + more, copies, options, summary)
    except REFUSALS as error:
        raise unwritable(store, error) from error


def commit_bounded(
    store: Store, batch: list[Recognised], copies: str, options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Commit within the bound of memory, or beyond it where a batch cannot be read otherwise."""
    try:
        return commit(store, batch, [], copies, options, summary)
    except duckdb.OutOfMemoryException:
        store.execute("reset memory_limit")
        return commit(store, batch, [], copies, options, summary)


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Tell a store that cannot be written from a line that cannot be read, and raise StoreError for it."""
    try:
        yield
    except REFUSALS as error:
        if is_about_disk(error):
            raise unwritable(store, error) from error
        raise
    except duckdb.FatalException as error:
        raise unwritable(store, error) from error


def sieved(
    batch: list[Recognised], paths: set[str], copies: str, summary: Summary
) -> tuple[list[Recognised], list[Reject]]:
    """Replace each file that DuckDB refuses by a copy of its good lines; return also what was left out."""
    good, rejects = [], []
    for item in batch:
        if item.source.path not in paths:
            good.append(item)
            continue
        with setting_aside(item.source.path, item.source.is_named, summary):
            source, bad = sieve(item.source, item.format, copies)
            rejects += bad
            good.append(replace(item, source=source, time_type="VARCHAR"))
    return good, rejects


def bisected(
    store: Store, batch: list[Recognised], sieved_paths: set[str], copies: str
) -> tuple[list[Recognised], list[Reject]]:
    """Leave out the lines that no rule of the sieve named, and that DuckDB refuses even so."""
    paths = refused_paths(store, [item for item in batch if item.source.path in sieved_paths], copies)
    found = [bisect(store, item, copies) if item.source.path in paths else (item, []) for item in batch]
    return [item for item, _ in found], [reject for _, rejects in found for reject in rejects]


def refused_paths(store: Store, batch: list[Recognised], copies: str) -> set[str]:
    """Name the files of a batch that DuckDB refuses: it has refused one of them."""
    if len(batch) == 1:
        return {batch[0].source.path}
    groups = groupby(sorted(batch, key=reader_of), key=reader_of)
    return {item.source.path for _, group in groups for item in refused_files(store, list(group), copies)}


def refused_files(store: Store, group: list[Recognised], copies: str) -> list[Recognised]:
    """Find by halves the files that DuckDB refuses: one of thousands of small ones is soon found."""
    if refused(store, group, copies) is None:
        return []
    if len(group) == 1:
        return group
    half = len(group) // 2
    return refused_files(store, group[:half], copies) + refused_files(store, group[half:], copies)


def is_about_disk(error: Exception) -> bool:
    """Tell a full disk from a file that cannot be read."""
    return "No space left" in str(error) or "Could not write" in str(error)


def unwritable(store: Store, error: Exception) -> StoreError:
    """Say that the store took nothing of this batch; what was committed before stays."""
    reason = "the disk is full" if is_about_disk(error) else type(error).__name__
    return StoreError(cannot_write(store.path, reason), hint="run it again: what is in is not read again")
