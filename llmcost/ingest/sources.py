"""From what the command line names to files that can be read: paths, folders, globs, stdin, parts of grown files."""

from __future__ import annotations

import glob
import gzip
import io
import os
import shutil
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, cast

import orjson

from llmcost.errors import InputError

HEAD_BYTES = 4096
# a last line without an end may be half-written; it is looked at if it is no longer than this
TAIL_BYTES = 16 * 1024 * 1024
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PAR1": "parquet"}


@dataclass(frozen=True)
class Source:
    """One file of records.

    `path` is what people see and the ledger keeps; `readable` is the file that holds the lines: the same one, or a
    temporary copy of a part or of what was no JSON lines. `content_key` is a hash of its first bytes, the same under
    any name. Bytes `start`..`end` are read; what is behind `end` is a line that is not finished. `line_numbers` gives
    the line of each record of a copy. A replacement's earlier rows go: it is read again whole.
    """

    path: str
    readable: str
    compression: str
    size: int
    modified_ns: int
    inode: int
    content_key: int
    is_named: bool
    start: int = 0
    end: int = 0
    line_numbers: array[int] | None = None
    is_replacement: bool = False


def expand(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Name the files behind paths, folders and globs by their resolved paths, each once.

    Folders are read recursively, links followed, hidden files left out. The second item tells whether the file
    itself was named. Raises InputError for what is not there.
    """
    seen: set[str] = set()
    for text in paths:
        for path, is_named in matches(text):
            if path not in seen:
                seen.add(path)
                yield path, is_named


def matches(text: str) -> Iterator[tuple[str, bool]]:
    """Name the files behind one path, folder or glob."""
    if os.path.isdir(text):  # noqa: PTH112  thousands of files: strings, not Path objects
        inside = sorted(walk(os.path.realpath(text), set()))
        if not inside:
            raise InputError(f"{text}: the folder holds no files")
        yield from ((path, False) for path in inside)
    elif os.path.lexists(text):
        yield os.path.realpath(text), True
    else:
        found = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  absolute ones too
        if not found:
            raise InputError(f"{text}: no such file or folder", hint="globs work too: 'logs/**/*.jsonl.gz'")
        yield from ((os.path.realpath(path), False) for path in found if not os.path.isdir(path))  # noqa: PTH112


def walk(folder: str, seen: set[str]) -> Iterator[str]:
    """Name the files below a folder; a folder that links lead to twice is read once."""
    seen.add(folder)
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        print(f"skipped {folder}: {error.strerror}", file=sys.stderr)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        if os.path.isdir(path) if entry.is_symlink() else entry.is_dir():  # noqa: PTH112
            if path not in seen:
                yield from walk(path, seen)
        else:
            yield path


def open_source(path: str, is_named: bool) -> Source:
    """Look at a file's head and end: how it is compressed, what identifies its content, where its last line ends.

    Raises InputError where it cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stat = os.fstat(stream.fileno())
            compression = next((name for magic, name in MAGIC.items() if head.startswith(magic)), "none")
            end = end_of_lines(stream, stat.st_size) if compression == "none" else stat.st_size
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    return Source(path, path, compression, stat.st_size, stat.st_mtime_ns, stat.st_ino, digest(head), is_named, end=end)


def end_of_lines(stream: IO[bytes], size: int) -> int:
    """Find where the last whole line ends: a last line without an end counts if it is whole JSON, or all there is."""
    tail = read_range(stream, max(0, size - 1), size)
    if tail in (b"\n", b""):
        return size
    tail = read_range(stream, max(0, size - TAIL_BYTES), size)
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
        orjson.loads(text)
    except orjson.JSONDecodeError:
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
    with Path(path).open("rb") as stream:
        head = read_range(stream, 0, min(HEAD_BYTES, end))
        return digest(head), digest(read_range(stream, max(0, end - HEAD_BYTES), end))


def spool_stdin(folder: str) -> Source:
    """Copy stdin to a file, so that a bad line can be looked for."""
    target = Path(folder) / "stdin"
    with target.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out)
    return replace(open_source(str(target), True), path="-")


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
    return cast(IO[bytes], tempfile.NamedTemporaryFile("wb", suffix=".jsonl", dir=folder, delete=False))


def numbered_lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Read a source line by line, decompressed, line ends kept, each with its number in the file.

    A file that somebody still writes is read to its measured end.
    """
    numbers = iter(source.line_numbers) if source.line_numbers is not None else None
    first = 1 if numbers or not source.start else 1 + newlines_before(source)
    left = source.end if source.readable == source.path and source.compression == "none" else sys.maxsize
    with open_lines(source) as stream:
        for number, line in enumerate(stream, start=first):
            if left <= 0:
                return
            yield (next(numbers) if numbers else number), line[:left]
            left -= len(line)


def newlines_before(source: Source) -> int:
    """Count the lines that an earlier run has read."""
    count, left = 0, source.start
    with Path(source.path).open("rb") as stream:
        while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
            count, left = count + chunk.count(b"\n"), left - len(chunk)
    return count


def open_lines(source: Source) -> IO[bytes]:
    """Open a source as a stream of decompressed bytes."""
    if source.compression == "gzip":
        return cast(IO[bytes], gzip.open(source.readable, "rb"))
    if source.compression == "zstd":
        return open_zstd(source.readable)
    return Path(source.readable).open("rb")


def open_zstd(path: str) -> IO[bytes]:
    """Open a zstd file; PyArrow is imported here alone, since it is slow to import and most logs are not zstd."""
    import pyarrow as pa

    return io.BufferedReader(pa.input_stream(path, compression="zstd"))
