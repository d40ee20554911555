"""The way of a batch: sources -> records -> requests, duplicates out, ledger and rejects in, one transaction."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Protocol

import duckdb

from llmcost.errors import FormatError, InputError, StoreError
from llmcost.ingest.ledger import Reject, enter_files, enter_rejects
from llmcost.ingest.recognise import Recognised, recognise
from llmcost.ingest.records import insert, reader_of
from llmcost.ingest.sieve import sieve
from llmcost.ingest.sources import Source, expand, open_source, spool_parquet, spool_stdin
from llmcost.store import Store

# DuckDB commits a second batch into a begun table far more slowly than a first one: few and large is fastest.
BATCH_BYTES = 1024 * 1024 * 1024
MACROS = resources.files("llmcost.ingest") / "macros.sql"
DEDUPLICATE = resources.files("llmcost.ingest") / "deduplicate.sql"
# What DuckDB raises for a line or a file: JSON reader, cast, macro, column, decompression.
REFUSALS = (
    *(duckdb.InvalidInputException, duckdb.DataError, duckdb.IntegrityError, duckdb.IOException),
    UnicodeDecodeError,  # a message of DuckDB that quotes the log and cuts it inside a character
)


class Progress(Protocol):
    """Who wants to know how far ingest is: told the size of all files, then each batch's when it begins and is in."""

    def start(self, total_bytes: int) -> None:
        """All files are known."""

    def begin(self, batch_bytes: int) -> None:
        """A batch is about to be read."""

    def advance(self, read_bytes: int, rows: int) -> None:
        """A batch is committed."""


@dataclass
class Summary:
    """What an ingest did. `new + duplicates + rejected` is the number of lines and rows that were read."""

    files: int = 0
    unchanged: int = 0
    new: int = 0
    duplicates: int = 0
    rejects: list[Reject] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """The number of lines that are in `rejects`."""
        return len(self.rejects)


def ingest(
    store: Store, paths: Iterable[str], *, format: str | None = None, progress: Progress | None = None
) -> Summary:
    """Read logs into the store: files, folders, globs or "-", in committed batches of up to 1 GB.

    Raises InputError where nothing can be read, FormatError where a named file is of no known format.
    """
    summary = Summary()
    store.execute(MACROS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="llmcost-") as folder:
        known = recognise_all(find(store, paths, folder, summary), format, folder, summary)
        if progress:
            progress.start(sum(item.source.size for item in known))
        for batch in batches(known):
            size = sum(item.source.size for item in batch)
            if progress:
                progress.begin(size)
            rows = load(store, batch, folder, summary)
            if progress:
                progress.advance(size, rows)
    return summary


def find(store: Store, paths: Iterable[str], folder: str, summary: Summary) -> Iterator[Source]:
    """Open what the paths name, but for the files that the ledger knows unchanged."""
    ledger = {path: stat for path, *stat in store.rows("select path, size_bytes, modified_ns, inode from files")}
    paths = list(paths)
    if "-" in paths:
        yield spool_stdin(folder)
    for path, is_named in expand(p for p in paths if p != "-"):
        stat = path.stat()
        if ledger.get(str(path.resolve())) == [stat.st_size, stat.st_mtime_ns, stat.st_ino]:
            summary.unchanged += 1
        else:
            yield open_source(path, is_named)


def recognise_all(sources: Iterable[Source], format: str | None, folder: str, summary: Summary) -> list[Recognised]:
    """Recognise each source; a file that merely lay in a folder may be of no format, a named one may not."""
    found = []
    for source in sources:
        try:
            if source.compression == "parquet":
                source = spool_parquet(source, folder)
            found.append(recognise(source, format))
        except (FormatError, InputError) as error:
            if source.is_named:
                raise
            summary.skipped.append((source.path, error.message.removeprefix(f"{source.path}: ")))
    if not found and not summary.unchanged:
        path, reason = summary.skipped[0]
        raise InputError(f"no logs found in {len(summary.skipped)} files; {path}: {reason}")
    return found


def batches(items: list[Recognised]) -> Iterator[list[Recognised]]:
    """Cut the files into batches of up to 1 GB, at least one file each."""
    batch: list[Recognised] = []
    for item in items:
        if batch and sum(i.source.size for i in batch) + item.source.size > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def load(store: Store, batch: list[Recognised], folder: str, summary: Summary) -> int:
    """Commit one batch and return its number of rows. Where DuckDB refuses a line, the lines are sieved first."""
    try:
        rows, duplicates, rejects = commit(store, batch, [])
    except REFUSALS as refused:
        if is_about_disk(refused):
            raise unwritable(store, refused) from refused
        batch, rejects = clean(store, batch, folder)
        try:
            rows, duplicates, rejects = commit(store, batch, rejects)
        except REFUSALS as error:
            raise unwritable(store, error) from error
    except duckdb.FatalException as error:
        raise unwritable(store, error) from error
    summary.files += len(batch)
    summary.formats.update(item.format.name for item in batch)
    summary.new += rows - duplicates
    summary.duplicates += duplicates
    summary.rejects += rejects
    return rows


def commit(store: Store, batch: list[Recognised], rejects: list[Reject]) -> tuple[int, int, list[Reject]]:
    """Insert one batch in one transaction; return rows read, duplicates among them, and the rejects."""
    store.execute("begin")
    try:
        before = store.rows("select coalesce(max(rowid), -1), count(*) from requests")[0]
        enter_files(store, batch)
        for _, group in groupby(sorted(batch, key=reader_of), key=reader_of):
            insert(store, list(group))
        count = int(store.value("select count(*) from requests"))
        deduplicate(store, before[0])
        kept = int(store.value("select count(*) from requests"))
        enter_rejects(store, rejects)
        store.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk there is nothing left to roll back
            store.execute("rollback")
        raise
    return count - before[1], count - kept, rejects


def is_about_disk(error: Exception) -> bool:
    """Tell a full disk from a file that cannot be read."""
    return "No space left" in str(error) or "Could not write" in str(error)


def unwritable(store: Store, error: Exception) -> StoreError:
    """Say that the store took nothing of this batch; what was committed before stays."""
    reason = "the disk is full" if is_about_disk(error) else type(error).__name__
    return StoreError(f"{store.path}: cannot be written: {reason}", hint="run it again: what is in is not read again")


def deduplicate(store: Store, mark: int) -> None:
    """Keep of each attempt its most complete record; of equally complete ones the last."""
    for statement in duckdb.extract_statements(DEDUPLICATE.read_text(encoding="utf-8")):
        parameters = {"mark": mark} if statement.named_parameters else None
        store.execute(statement.query, parameters)


def clean(store: Store, batch: list[Recognised], folder: str) -> tuple[list[Recognised], list[Reject]]:
    """Replace each file that DuckDB refuses by a copy of its good lines; return also what was left out."""
    cleaned, rejects = [], []
    for item in batch:
        if not is_readable(store, item):
            handle, name = tempfile.mkstemp(suffix=".jsonl", dir=folder)
            os.close(handle)
            bad = sieve(item.source, item.format, Path(name))
            rejects += [(item.source.path, line, reason) for line, reason in bad]
            source = replace(item.source, readable=name, compression="none")
            item = Recognised(source, item.format, "VARCHAR")
        cleaned.append(item)
    return cleaned, rejects


def is_readable(store: Store, item: Recognised) -> bool:
    """Insert a file alone and take it back."""
    store.execute("begin")
    try:
        enter_files(store, [item])
        insert(store, [item])
    except REFUSALS:
        return False
    finally:
        store.execute("rollback")
    return True
