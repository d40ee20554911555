"""What cannot take more, said wherever it was found out: a disk, stdout, the temporary folder, memory."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from llmcost.errors import (
    FULL,
    MAKE_ROOM,
    STDOUT,
    LlmcostError,
    OutputError,
    StoreError,
    cannot_write,
    full_reason,
    unwritable,
)

FILE = re.compile(r'file \\?"(.+?)\\?"')
SPILL = re.compile(r"duckdb_temp_")
# how DuckDB says that what does not fit into memory does not fit onto the disk either
NO_DISK = "max_temp_directory_size"


def refusal_of(error: Exception) -> LlmcostError | None:
    """Say what was full, what is safe and what to do; None where it is something else."""
    if isinstance(error, OSError):
        return refused_stream(error)
    if not type(error).__module__.endswith("duckdb"):
        return None
    if type(error).__name__ == "OutOfMemoryException":
        return refused_memory(str(error))
    reason = full_reason(str(error))
    return refused_store(str(error), reason) if reason else None


def refused_stream(error: OSError) -> LlmcostError | None:
    """Say it of stdout, of a file that the error names, or of the temporary folder."""
    if error.filename == STDOUT:
        return unwritable(STDOUT, error)
    if error.errno not in FULL:
        return None
    where = error.filename or f"a temporary file in {tempfile.gettempdir()}"
    hint = "nothing of what was there before is lost; make room, or TMPDIR=FOLDER names another place"
    return OutputError(cannot_write(where, error.strerror), hint=hint)


def refused_memory(message: str) -> LlmcostError:
    """Say that a query is too large for memory, and if that is so for the disk."""
    if NO_DISK in message or full_reason(message):
        return StoreError(
            "the query fits neither into the memory that it may use nor onto the disk beside the store",
            hint="the store is whole; make room, give --memory-limit more, or ask for less with --since or --where",
        )
    return LlmcostError(
        "the query does not fit into the memory that it may use", hint="give --memory-limit more, or leave it out"
    )


def refused_store(message: str, reason: str) -> LlmcostError:
    """Say it of the file that DuckDB names: the store, its log of changes, or what it spills."""
    found = FILE.search(message)
    path = Path(found[1].removesuffix(".wal")) if found else None
    if path is not None and SPILL.match(path.name):
        return refused_memory(message)
    if path is not None and path.suffix in (".parquet", ".part", ".rewriting"):
        return OutputError(cannot_write(path.parent, reason), hint=MAKE_ROOM)
    return StoreError(
        cannot_write(path or "the store", reason),
        hint="what was committed stays; make room and run it again: it goes on from there",
    )
