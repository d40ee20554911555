"""The ledger: which files were read in which state and how far, and which of their lines were rejected."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from llmcost.ingest.format import formats
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sieve import Reject
from llmcost.ingest.sources import HEAD_BYTES, Source, end_of_whole_lines, fingerprints, newlines_before, open_source
from llmcost.ingest.summary import Summary
from llmcost.store import Store


class Entry(NamedTuple):
    """What the ledger knows of one file."""

    size: int
    modified_ns: int
    inode: int
    changed_ns: int | None
    format: str
    read_bytes: int | None
    head_hash: int | None
    tail_hash: int | None


class Ledger:
    """What a store knows of files. There may be a hundred thousand, so of most only their states are fetched."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: size, time of writing, inode, time of change by path
        self.states: dict[str, tuple[Any, ...]] = {
            row[0]: row for row in store.rows("select path, size_bytes, modified_ns, inode, changed_ns from files")
        }

    def entry(self, path: str) -> Entry | None:
        """Give all that is known of a file."""
        return self._entries.get(path) if path in self.states else None

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        columns = "size_bytes, modified_ns, inode, changed_ns, format, read_bytes, head_hash, tail_hash"
        return {row[0]: Entry(*row[1:]) for row in self._store.rows(f"select path, {columns} from files")}


def open_known(path: str, is_named: bool, entry: Entry | None) -> Source:
    """Open a file; of one that only grew since it was read, only what is new.

    Formats whose records may have no id count equal records, so their files are read as a whole.
    """
    source = open_source(path, is_named)
    if entry is not None and is_touched(source, entry):
        # the same size and time: whatever was changed may stand anywhere
        return replace(source, is_replacement=True)
    if entry is None or entry.read_bytes is None or source.compression != "none" or source.size < entry.read_bytes:
        return source
    if fingerprints(path, entry.read_bytes) != (entry.head_hash, entry.tail_hash):
        return source
    if entry.format not in formats() or not formats()[entry.format].has_ids:
        return replace(source, is_replacement=True)
    start = end_of_whole_lines(path, entry.read_bytes)
    return replace(source, start=start, end=max(source.end, entry.read_bytes))


def is_touched(source: Source, entry: Entry) -> bool:
    """Tell whether a file was written without a change of its size and time, as far as that is known."""
    is_alike = (source.size, source.modified_ns) == (entry.size, entry.modified_ns)
    return is_alike and entry.changed_ns not in (None, source.changed_ns)


def enter_files(store: Store, batch: list[Recognised]) -> None:
    """Write the ledger: a file that was read before keeps its id, and the rejects of what is read anew go."""
    next_id = int(store.value("select coalesce(max(file_id), 0) from files"))
    known = {path: (file_id, end) for path, file_id, end in store.rows("select path, file_id, read_bytes from files")}
    rows = []
    for item in batch:
        file_id, end = known.get(item.source.path) or ((next_id := next_id + 1), None)
        rows.append((file_id, *entry_of(item), anew_after(item.source, end)))
    store.execute(
        """
        create or replace temp table batch as
        select
            unnest($1::integer[]) as file_id, unnest($2::varchar[]) as path, unnest($3::varchar[]) as format,
            unnest($4::bigint[]) as size_bytes, unnest($5::bigint[]) as modified_ns, unnest($6::ubigint[]) as inode,
            unnest($7::bigint[]) as changed_ns, unnest($8::bigint[]) as read_bytes,
            unnest($9::ubigint[]) as head_hash, unnest($10::ubigint[]) as tail_hash,
            unnest($11::bigint[]) as anew_after
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )
    store.execute("delete from rejects using batch where rejects.file_id = batch.file_id and line > anew_after")
    store.execute("delete from files where file_id in (select file_id from batch)")
    now = datetime.now(UTC).replace(tzinfo=None)
    store.execute("insert into files by name select * exclude (anew_after), $1 as ingested_at from batch", [now])


def anew_after(source: Source, read_bytes: int | None) -> int | None:
    """Tell after which line a file is read that was read up to `read_bytes` before; None: what is read is new."""
    if source.start == 0:
        return 0
    return newlines_before(source) if read_bytes is not None and source.start < read_bytes else None


def entry_of(item: Recognised) -> tuple[object, ...]:
    """Write one file's row; only of plain JSON lines can the rest be read later.

    A file that has vanished has no marks, and is set aside when it is read.
    """
    source = item.source
    is_plain = item.shape == "lines" and not item.is_wrapped and source.compression == "none" and not source.is_pipe
    marks: tuple[int | None, ...] = (None, None, None)
    if is_plain and source.end == source.size <= HEAD_BYTES:
        # its first bytes and its last are all of it
        marks = (source.end, source.content_key, source.content_key)
    elif is_plain:
        with suppress(OSError):
            marks = (source.end, *fingerprints(source.path, source.end))
    state = (source.size, source.modified_ns, source.inode, source.changed_ns)
    return (source.path, item.format.name, *state, *marks)


def enter_rejects(store: Store, rejects: list[Reject]) -> None:
    """Keep the rejected lines: file, line, reason, shape."""
    if rejects:
        store.execute(
            """
            insert into rejects by name
            select file_id, line, reason, excerpt
            from (
                select
                    unnest($1::varchar[]) as path, unnest($2::bigint[]) as line, unnest($3::varchar[]) as reason,
                    unnest($4::varchar[]) as excerpt
            )
            join files using (path)
            """,
            [[getattr(reject, name) for reject in rejects] for name in ("path", "line", "reason", "excerpt")],
        )


def enter_ingest(store: Store, found: Summary) -> None:
    """Keep what a batch came to."""
    now = datetime.now(UTC).replace(tzinfo=None)
    row = [now, found.new, found.duplicates, found.rejected, sum(found.passed_over.values())]
    store.execute("insert into ingests values ($1, $2, $3, $4, $5)", row)
