"""Files as they can be read: how they are compressed, where their lines end, parts of grown files, pipes."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
import tempfile
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, cast

from llmcost.errors import InputError
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.places import is_utf8, no_file, openable, shown, why

HEAD_BYTES = 4096
# so much is read at once to see what a file is
SMALL_BYTES = 16 * 1024
# what has become a pipe since it was listed would wait for a writer
UNBLOCKED = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# a last line without an end may be half-written; it is looked at if it is no longer than this
TAIL_BYTES = 16 * 1024 * 1024
# so much of a copy is written at once
COPIED_BYTES = 64 * 1024
MAX_LINE_BYTES = 32 * 1024 * 1024
# what an archive may unpack to where a copy of it is needed: so many bytes, or so many times its own size
UNPACKED_BYTES = 1_000_000_000
UNPACKED_TIMES = 100
# what reading an archive raises where it breaks off
BREAKS = (EOFError, OSError, zlib.error)
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PAR1": "parquet", b"SQLite format 3\0": "sqlite"}
# kinds of files that hold no text
BINARY = ("parquet", "sqlite")
# a database in use has its latest rows in a log beside it
DATABASES = (".db", ".sqlite", ".sqlite3", ".vscdb")
LOG = "-wal"


@dataclass(frozen=True)
class Source:
    """One file of records.

    `path` is what people see and the ledger keeps; `readable` is the file that holds the lines: the same one, or a
    temporary copy of a part or of what was not JSON lines. `content_key` is a hash of its first bytes, the same under
    any name. Bytes `start`..`end` are read; what is behind `end` is a line that is not finished. `line_numbers` gives
    the line of each record of a copy. A replacement's earlier rows go: it is read again whole. What a pipe held is
    read from a copy, and is gone. `others` says why, and how often, something in a copied file is not a record of its
    format. `whole` is all that a small plain file holds, as long as there are not too many of them.
    """

    path: str
    readable: str
    compression: str
    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    content_key: int
    is_named: bool
    start: int = 0
    end: int = 0
    line_numbers: array[int] | None = None
    is_replacement: bool = False
    is_pipe: bool = False
    others: Counter[str] = field(default_factory=Counter)
    whole: bytes | None = None

    @property
    def held(self) -> bytes | None:
        """All that is to be read, if it is already there."""
        return self.whole if self.readable == self.path else None


def open_source(path: str, is_named: bool) -> Source:
    """Look at a file's head and end: how it is compressed, what identifies its content, where its last line ends.

    Raises InputError where it cannot be read, or is not a file.
    """
    name = shown(path)
    try:
        # bytes of thousands of files: without the buffers and objects of a stream
        handle = os.open(path, os.O_RDONLY | UNBLOCKED)
        try:
            status = os.fstat(handle)
            if reason := no_file(status.st_mode):
                raise InputError(f"{name}: {reason}")
            head = os.read(handle, SMALL_BYTES)
            compression = next((name for magic, name in MAGIC.items() if head.startswith(magic)), "none")
            end = status.st_size if compression != "none" else end_of_file(path, head, status.st_size)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: {why(error)}") from error
    state, inode = state_of(path, status), status.st_ino
    key, whole = digest(head[:HEAD_BYTES]), head if is_whole(head, status.st_size) and compression == "none" else None
    return Source(name, path, compression, *state, inode, key, is_named, end=end, whole=whole)


def is_whole(head: bytes, size: int) -> bool:
    """Tell whether a file's first bytes are all of it."""
    return len(head) == size < SMALL_BYTES


def state_of(path: str, status: os.stat_result) -> tuple[int, int, int]:
    """Tell a file's size and when it was written and changed; of a database, with the log beside it."""
    state = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    if path.endswith(DATABASES):
        with suppress(OSError):
            log = os.stat(path + LOG)  # noqa: PTH116  strings, as in places.py
            return state[0] + log.st_size, max(state[1], log.st_mtime_ns), state[2]
    return state


def end_of_file(path: str, head: bytes, size: int) -> int:
    """Find where the last whole line of a file ends."""
    if is_whole(head, size):
        return end_of_lines(head, size)
    with open(path, "rb") as stream:  # noqa: PTH123  strings, as in places.py
        last = read_range(stream, max(0, size - 1), size)
        return size if last in (b"\n", b"") else end_of_lines(read_range(stream, max(0, size - TAIL_BYTES), size), size)


def end_of_lines(tail: bytes, size: int) -> int:
    """Find where the last whole line ends: a last line without an end counts if it is whole JSON, or all there is."""
    if tail.endswith(b"\n") or not tail:
        return size
    cut = tail.rfind(b"\n") + 1
    if cut == 0 or is_json(tail[cut:]):
        return size
    return size - len(tail) + cut if tail[cut:].lstrip()[:1] == b"{" and is_json(last_line(tail[:cut])) else size


def end_of_whole_lines(path: str, end: int) -> int:
    """Find where the line begins that a file's first `end` bytes break off in; `end` where they break off in none,
    or in one too long to look at.
    """
    with Path(path).open("rb") as stream:
        tail = read_range(stream, max(0, end - 1), end)
        if tail in (b"\n", b""):
            return end
        tail = read_range(stream, max(0, end - TAIL_BYTES), end)
    cut = tail.rfind(b"\n") + 1
    is_whole = is_json(tail[cut:]) or (cut == 0 and len(tail) == TAIL_BYTES)
    return end if is_whole else end - len(tail) + cut


def last_line(text: bytes) -> bytes:
    """Take the last line of text that ends with one."""
    return text[text.rfind(b"\n", 0, -1) + 1 :]


def is_json(text: bytes) -> bool:
    """Tell whether text is one JSON value."""
    try:
        decode(text)
    except NotJson:
        return False
    return True


def read_range(stream: IO[bytes], start: int, end: int) -> bytes:
    """Read the bytes from `start` up to `end`."""
    stream.seek(start)
    return stream.read(end - start)


def digest(text: bytes) -> int:
    """Hash bytes to 64 bits, the same on every machine and in every version."""
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def fingerprints(path: str, end: int) -> tuple[int, int]:
    """Hash the head of a file and the bytes before `end`: a file that only grew still has both."""
    with Path(openable(path)).open("rb") as stream:
        head = read_range(stream, 0, min(HEAD_BYTES, end))
        return digest(head), digest(read_range(stream, max(0, end - HEAD_BYTES), end))


def spool_stdin(folder: str) -> Source:
    """Copy stdin to a file, so that a bad line can be looked for. Raises InputError where it is closed."""
    if sys.stdin is None:
        raise InputError("-: standard input is closed")
    return spool_stream(sys.stdin.buffer, "-", folder)


def spool_pipe(path: str, folder: str) -> Source:
    """Copy what comes through a named pipe to a file, as of stdin."""
    with Path(path).open("rb") as stream:
        return spool_stream(stream, shown(path), folder)


def spool_stream(stream: IO[bytes], name: str, folder: str) -> Source:
    """Copy a stream to a file, to be read more than once."""
    with temporary(folder) as out:
        shutil.copyfileobj(stream, out)
    return replace(open_source(out.name, True), path=name, is_pipe=True)


def linked(source: Source, folder: str) -> Source:
    """Give a file that DuckDB cannot name, since its name is not UTF-8, a name that it can."""
    if is_utf8(source.readable):
        return source
    link = Path(folder) / f"{digest(os.fsencode(source.readable)):016x}"
    link.symlink_to(source.readable)
    return replace(source, readable=str(link))


def copy_of_lines(source: Source, folder: str) -> Source:
    """Copy the bytes `start`..`end`, since DuckDB reads files from their beginning to their end."""
    with Path(source.readable).open("rb") as stream, temporary(folder) as out:
        stream.seek(source.start)
        left = source.end - source.start
        while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
            out.write(chunk)
            left -= len(chunk)
    return replace(source, readable=out.name)


def temporary(folder: str) -> IO[bytes]:
    """Open a new file for the lines of a copy; it lasts as long as the folder."""
    handle, path = tempfile.mkstemp(suffix=".jsonl", dir=folder)
    os.close(handle)
    return Path(path).open("wb", buffering=COPIED_BYTES)


def numbered_lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Read a source line by line, decompressed, line ends kept, each with its number in the file.

    A file that somebody still writes is read to its measured end.
    """
    numbers = iter(source.line_numbers) if source.line_numbers is not None else None
    first = 1 if numbers or not source.start else 1 + newlines_before(source)
    left = source.end if source.readable == source.path and source.compression == "none" else sys.maxsize
    with open_lines(source) as stream:
        for number, line in enumerate(bounded_lines(stream, left), start=first):
            yield (next(numbers) if numbers else number), line


def bounded_lines(stream: IO[bytes], left: int) -> Iterator[bytes]:
    """Read so many bytes line by line; of a line over MAX_LINE_BYTES one byte more than that, so that it is seen."""
    while line := stream.readline(min(left, MAX_LINE_BYTES + 1)):
        left -= len(line)
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(min(left, MAX_LINE_BYTES + 1))
            left -= len(line)


def newlines_before(source: Source) -> int:
    """Count the lines that an earlier run has read."""
    count, left = 0, source.start
    with Path(openable(source.path)).open("rb") as stream:
        while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
            count, left = count + chunk.count(b"\n"), left - len(chunk)
    return count


def open_lines(source: Source) -> IO[bytes]:
    """Open a source as a stream of decompressed bytes."""
    if source.held is not None:
        return io.BytesIO(source.held)
    if source.compression == "gzip":
        return cast(IO[bytes], gzip.open(source.readable, "rb"))
    if source.compression == "zstd":
        return open_zstd(source.readable)
    return open(source.readable, "rb")  # noqa: PTH123  thousands of files: strings, not Path objects


class Bound:
    """How much a copy of what a file holds may take: what unpacks to many times a log's size is not a log.

    Raises InputError where it is passed.
    """

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self._left = None if source.compression == "none" else max(UNPACKED_BYTES, UNPACKED_TIMES * source.size)
        self._hint = "unpack it yourself, and read what comes out" if source.compression not in BINARY else ""

    def take(self, count: int) -> None:
        """Count so many bytes."""
        if self._left is None:
            return
        self._left -= count
        if self._left < 0:
            raise InputError(
                f"{self._path}: unpacks to more than {UNPACKED_BYTES / 1e9:.0f} GB and {UNPACKED_TIMES} times its size",
                hint=self._hint,
            )


def raise_unless_torn(error: Exception) -> None:
    """Tell an archive that breaks off from a file that the system does not let be read, and raise the latter."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def open_zstd(path: str) -> IO[bytes]:
    """Open a zstd file; PyArrow is imported here alone, since it is slow to import and most logs are not zstd."""
    import pyarrow as pa

    return io.BufferedReader(pa.input_stream(path, compression="zstd"))
