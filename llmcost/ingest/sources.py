"""From what the command line names to files that can be read: paths, folders, globs, stdin, Parquet."""

from __future__ import annotations

import glob
import gzip
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, cast

import duckdb

from llmcost.errors import InputError

HEAD_BYTES = 4096
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PAR1": "parquet"}


@dataclass(frozen=True)
class Source:
    """One file of records.

    `path` is what people see and the ledger keeps; `readable` is the file that holds the lines: the same one, or a
    temporary copy of stdin or of Parquet rows. `content_key` is a hash of its first bytes, the same under any name.
    """

    path: str
    readable: str
    compression: str
    size: int
    modified_ns: int
    inode: int
    content_key: int
    is_named: bool


def expand(paths: Iterable[str]) -> list[tuple[Path, bool]]:
    """List the files behind paths, folders (recursively, hidden ones left out) and globs, each once.

    The second item tells whether the file itself was named. Raises InputError for what is not there.
    """
    found: dict[Path, bool] = {}
    for text in paths:
        path = Path(text)
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not is_hidden(p.relative_to(path))]
            if not inside:
                raise InputError(f"{text}: the folder holds no files")
            found.update((p, False) for p in inside if p not in found)
        elif path.exists():
            found[path] = True
        else:
            matches = [Path(match) for match in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207  absolute ones too
            if not matches:
                raise InputError(f"{text}: no such file or folder", hint="globs work too: 'logs/**/*.jsonl.gz'")
            found.update((p, False) for p in matches if p.is_file() and p not in found)
    return list(found.items())


def is_hidden(path: Path) -> bool:
    """Tell whether a file or a folder on the way to it begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


def open_source(path: Path, is_named: bool) -> Source:
    """Look at a file's head: what holds its lines, how it is compressed, what identifies its content."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stat = os.fstat(stream.fileno())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    compression = next((name for magic, name in MAGIC.items() if head.startswith(magic)), "none")
    key = int.from_bytes(blake2b(head, digest_size=8).digest())
    resolved = str(path.resolve())
    return Source(resolved, resolved, compression, stat.st_size, stat.st_mtime_ns, stat.st_ino, key, is_named)


def spool_stdin(folder: str) -> Source:
    """Copy stdin to a file, so that a bad line can be looked for."""
    target = Path(folder) / "stdin"
    with target.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out)
    return replace(open_source(target, True), path="-")


def spool_parquet(source: Source, folder: str) -> Source:
    """Write the rows of a Parquet file as JSON lines: nested or flat, they then are records like any others."""
    handle, name = tempfile.mkstemp(suffix=".jsonl", dir=folder)
    os.close(handle)
    try:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            rows = connection.read_parquet(source.readable)  # noqa: F841  DuckDB reads it by its name
            connection.execute(f"copy rows to '{name}' (format json)")
    except duckdb.Error as error:
        raise InputError(f"{source.path}: no readable Parquet: {str(error).splitlines()[0]}") from error
    return replace(source, readable=name, compression="none")


def lines(source: Source) -> Iterator[bytes]:
    """Read a source line by line, decompressed, line ends kept."""
    with open_lines(source) as stream:
        yield from stream


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
