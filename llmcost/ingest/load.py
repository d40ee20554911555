"""The way of a batch: sources -> records -> requests, duplicates out, ledger and rejects in, one transaction."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import resources
from itertools import groupby

import duckdb

from llmcost.errors import StoreError, UsageError
from llmcost.ingest.aside import check_anything, setting_aside
from llmcost.ingest.bisect import bisect
from llmcost.ingest.case_key import CASE_KEY, check_case_key, keyed_text, with_case_key
from llmcost.ingest.content_key import begin_hashing
from llmcost.ingest.deduplicate import deduplicate
from llmcost.ingest.find import find
from llmcost.ingest.format import Format, formats
from llmcost.ingest.ledger import enter_files, enter_ingest, enter_rejects
from llmcost.ingest.limit import Limit
from llmcost.ingest.measured import GrownError, check_measured, held_to_measure
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import REFUSALS, PassedOver, insert, is_readable, reader_of
from llmcost.ingest.scratch import scratch_folder
from llmcost.ingest.secrets import replace_keys
from llmcost.ingest.shapes import spool
from llmcost.ingest.sieve import Reject, sieve
from llmcost.ingest.sources import copy_of_lines
from llmcost.ingest.summary import Progress, Summary
from llmcost.store import Store
from llmcost.store.connect import MEMORY
from llmcost.store.quote import literal

# DuckDB commits a second batch into a begun table far more slowly than a first one: few and large is fastest.
BATCH_BYTES = 1024 * 1024 * 1024
# what DuckDB may take; with Python and its libraries that stays under 1 GB on any input
MEMORY_LIMIT = "700MB"
SHARED_MACROS = ("values.sql", "usage.sql", "content.sql")
MACROS = resources.files("llmcost.ingest") / "macros"


@dataclass(frozen=True)
class Options:
    """How to ingest.

    `format` is taken instead of recognising one. `on_duplicate` is last, first or error. Without `hashes_text` no
    prompt or answer is even read. `zone` is that of times without one. `limit` is how many bad lines are borne.
    `case_key` is the key of the metadata that names the test case.
    """

    format: Format | None = None
    on_duplicate: str = "last"
    hashes_text: bool = True
    zone: str = "UTC"
    limit: Limit = field(default_factory=Limit)
    case_key: str = CASE_KEY


def ingest(
    store: Store,
    paths: Iterable[str],
    *,
    format: str | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read logs into the store: files, folders, globs or "-", in committed batches of up to 1 GB.

    A file that cannot be read is set aside, see Summary. Raises InputError where none can be read or the limit of bad
    lines is passed.
    """
    summary = Summary()
    options = options or Options(formats()[format] if format else None)
    begin_hashing(store, hashes_text=options.hashes_text)
    set_zone(store, options.zone)
    with scratch_folder() as folder:
        known = find(store, paths, options.format, folder, summary)
        if options.case_key != CASE_KEY:
            check_case_key(options.case_key)
            known = with_case_key(known, options.case_key)
        if known:
            prepare(store, options.case_key)
        if progress:
            progress.start(sum(size_of(item) for item in known))
        for batch in batches(known):
            size = sum(size_of(item) for item in batch)
            if progress:
                progress.begin(size)
            rows = load(store, batch, folder, options, summary)
            if progress:
                progress.advance(size, rows)
    check_anything(summary)
    set_zone(store, "UTC")
    return summary


def prepare(store: Store, case_key: str = CASE_KEY) -> None:
    """Make the macros that the formats' queries use, and bound the memory, but for a store that lives in it."""
    if store.path != MEMORY:
        store.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    for file in sorted((f for f in MACROS.iterdir() if f.name.endswith(".sql")), key=lambda f: order_of(f.name)):
        store.execute(keyed_text(file.read_text(encoding="utf-8"), case_key))


def order_of(name: str) -> tuple[int, str]:
    """Put first what the families' own macros use."""
    return SHARED_MACROS.index(name) if name in SHARED_MACROS else len(SHARED_MACROS), name


def set_zone(store: Store, zone: str) -> None:
    """Read times without a zone as times of this one. Raises UsageError for a zone that is none."""
    try:
        store.execute("set timezone = " + literal(zone))
    except duckdb.Error as error:
        raise UsageError(f"--tz {zone}: no such time zone", hint="for example Europe/Berlin or UTC") from error


def size_of(item: Recognised) -> int:
    """Count the bytes to read."""
    return item.source.end - item.source.start


def batches(items: list[Recognised]) -> Iterator[list[Recognised]]:
    """Cut the files into batches of up to 1 GB, at least one file each."""
    batch: list[Recognised] = []
    for item in items:
        if batch and sum(size_of(i) for i in batch) + size_of(item) > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def load(store: Store, batch: list[Recognised], folder: str, options: Options, summary: Summary) -> int:
    """Commit one batch and return its number of rows. Where DuckDB refuses a line, the lines are sieved first."""
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        batch = held_to_measure(in_shape(batch, copies, summary), copies)
        while True:
            if not batch:
                return 0
            try:
                batch, rows, found = commit_some(store, batch, copies, options, summary)
                break
            except GrownError:
                batch = held_to_measure(batch, copies)
    summary.files += len(batch)
    summary.formats.update(item.format.name for item in batch)
    summary.unfinished += [i.source.path for i in batch if i.shape == "lines" and i.source.end < i.source.size]
    add(summary, found)
    return rows


def commit_some(
    store: Store, batch: list[Recognised], copies: str, options: Options, summary: Summary
) -> tuple[list[Recognised], int, Summary]:
    """Commit the lines of a batch that can be read; return the files that are in, rows read, and what they came to.

    Raises GrownError where its files have grown meanwhile.
    """
    try:
        return batch, *commit_bounded(store, batch, options, summary)
    except REFUSALS as refused:
        if is_about_disk(refused):
            raise unwritable(store, refused) from refused
        check_measured(batch)
        batch, rejects = clean(store, batch, copies, summary)
        if not batch:
            return batch, 0, Summary()
        return batch, *commit_cleaned(store, batch, rejects, copies, options, summary)
    except duckdb.FatalException as error:
        raise unwritable(store, error) from error


def commit_bounded(store: Store, batch: list[Recognised], options: Options, summary: Summary) -> tuple[int, Summary]:
    """Commit within the bound of memory, or beyond it where a batch cannot be read otherwise."""
    try:
        return commit(store, batch, [], options, summary)
    except duckdb.OutOfMemoryException:
        store.execute("reset memory_limit")
        return commit(store, batch, [], options, summary)


def commit_cleaned(
    store: Store, batch: list[Recognised], rejects: list[Reject], copies: str, options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Commit what the sieve let through; what DuckDB refuses even so is looked for by halves."""
    try:
        return commit(store, batch, rejects, options, summary)
    except REFUSALS as refused:
        if is_about_disk(refused):
            raise unwritable(store, refused) from refused
    return commit_isolated(store, batch, rejects, copies, options, summary)


def commit_isolated(
    store: Store, batch: list[Recognised], rejects: list[Reject], copies: str, options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Commit a batch without the lines that no rule of the sieve named, and that DuckDB refuses even so."""
    refused = refused_paths(store, batch)
    isolated = [bisect(store, item, copies) if item.source.path in refused else (item, []) for item in batch]
    try:
        more = [reject for _, found in isolated for reject in found]
        return commit(store, [item for item, _ in isolated], rejects + more, options, summary)
    except (*REFUSALS, duckdb.FatalException) as error:
        raise unwritable(store, error) from error


def in_shape(batch: list[Recognised], copies: str, summary: Summary) -> list[Recognised]:
    """Bring the files of a batch into the shape that DuckDB reads; one that cannot be is set aside."""
    ready = []
    for item in batch:
        with setting_aside(item.source.path, item.source.is_named, summary):
            ready.append(readable(item, copies))
    return ready


def readable(item: Recognised, copies: str) -> Recognised:
    """Bring a source into the shape that DuckDB reads: JSON lines from the first byte to the last."""
    source = item.source
    if item.shape != "lines" or item.wrapper is not None:
        return replace(item, source=spool(source, item.shape, item.wrapper, copies))
    if source.compression == "none" and (source.start, source.end) != (0, source.size):
        return replace(item, source=copy_of_lines(source, copies))
    return item


def add(summary: Summary, found: Summary) -> None:
    """Add what one batch came to."""
    summary.new += found.new
    summary.duplicates += found.duplicates
    summary.ambiguous += found.ambiguous
    summary.passed_over += found.passed_over
    summary.rejects += found.rejects
    summary.keys |= found.keys


def commit(
    store: Store, batch: list[Recognised], rejects: list[Reject], options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Insert one batch in one transaction; return rows read and what they came to."""
    store.execute("begin")
    try:
        mark, before = store.rows("select coalesce(max(rowid), -1), count(*) from requests")[0]
        enter_files(store, batch)
        forget(store, batch)
        passed_over: PassedOver = Counter()
        for _, group in groupby(sorted(batch, key=reader_of), key=reader_of):
            passed_over += insert(store, list(group))
        check_measured(batch)
        keys = replace_keys(store, mark)
        count = int(store.value("select count(*) from requests"))
        deduplicate(store, mark, options.on_duplicate)
        store.assign_name_ids()
        kept, ambiguous = store.rows(
            "select count(*), count(*) filter (rowid > $1 and usage_evidence = 'ambiguous') from requests", [mark]
        )[0]
        enter_rejects(store, rejects)
        found = Summary(new=kept - before, duplicates=count - kept, ambiguous=ambiguous, rejects=rejects)
        found.passed_over, found.keys = passed_over, keys
        enter_ingest(store, found)
        options.limit.check(rejects, summary.rejected + found.rejected, summary.read + found.read)
        store.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk there is nothing left to roll back
            store.execute("rollback")
        raise
    return count - before, found


def forget(store: Store, batch: list[Recognised]) -> None:
    """Take out the rows of files that are read again as a whole because they grew."""
    paths = [item.source.path for item in batch if item.source.is_replacement]
    if paths:
        store.execute(
            "delete from requests where file_id in (select file_id from files where list_contains($1, path))", [paths]
        )


def is_about_disk(error: Exception) -> bool:
    """Tell a full disk from a file that cannot be read."""
    return "No space left" in str(error) or "Could not write" in str(error)


def unwritable(store: Store, error: Exception) -> StoreError:
    """Say that the store took nothing of this batch; what was committed before stays."""
    reason = "the disk is full" if is_about_disk(error) else type(error).__name__
    return StoreError(f"{store.path}: cannot be written: {reason}", hint="run it again: what is in is not read again")


def clean(
    store: Store, batch: list[Recognised], copies: str, summary: Summary
) -> tuple[list[Recognised], list[Reject]]:
    """Replace each file that DuckDB refuses by a copy of its good lines; return also what was left out."""
    refused = refused_paths(store, batch)
    cleaned, rejects = [], []
    for item in batch:
        if item.source.path not in refused:
            cleaned.append(item)
            continue
        with setting_aside(item.source.path, item.source.is_named, summary):
            source, bad = sieve(item.source, item.format, copies)
            rejects += bad
            cleaned.append(replace(item, source=source, time_type="VARCHAR"))
    return cleaned, rejects


def refused_paths(store: Store, batch: list[Recognised]) -> set[str]:
    """Name the files of a batch that DuckDB refuses."""
    groups = groupby(sorted(batch, key=reader_of), key=reader_of)
    return {item.source.path for _, group in groups for item in refused_files(store, list(group))}


def refused_files(store: Store, group: list[Recognised]) -> list[Recognised]:
    """Find by halves the files that DuckDB refuses: one of thousands of small ones is soon found."""
    if is_readable(store, group):
        return []
    if len(group) == 1:
        return group
    half = len(group) // 2
    return refused_files(store, group[:half]) + refused_files(store, group[half:])
