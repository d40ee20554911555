"""The only place that opens DuckDB: nothing is installed, loaded or fetched by itself; who only reads is shut in."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from llmcost.errors import StoreError, UsageError, cannot_write

MEMORY = ":memory:"
MAGIC = slice(8, 12), b"DUCK"
# what DuckDB takes for a service or an extension's file: md:, postgres:, https:, s3: ...; C: is a drive
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
ALONE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_extension_repositories": "forbidden",
    "python_enable_replacements": "false",
}
# what our own statements still set where all other settings are locked
SETTABLE = [
    *("timezone", "memory_limit", "preserve_insertion_order", "enable_progress_bar", "enable_progress_bar_print"),
]
# what lies in the folder that is spilled into may be read, so it is one that nobody can have filled before;
# connections of one process to one file must agree on it
SPILL = uuid4().hex


def connect(
    path: str = MEMORY, *, read_only: bool = False, is_shut: bool = False, may: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file that has been looked at, or one in memory.

    With `is_shut` it reads and writes no other files than those below the folders and the files in `may`, reaches no
    network, and keeps its settings. Raises duckdb.Error.
    """
    place = path if path == MEMORY else str(absolute(path))
    config: dict[str, Any] = {**ALONE, "temp_directory": spill_folder(path)}
    if is_shut and not may:
        locked = {"enable_external_access": "false", "allowed_configs": SETTABLE, "lock_configuration": "true"}
        return duckdb.connect(place, read_only=read_only, config=config | locked)
    connection = duckdb.connect(place, read_only=read_only, config=config)
    if is_shut:
        sandbox(connection, may)
    return connection


def sandbox(connection: duckdb.DuckDBPyConnection, may: Sequence[str] = ()) -> None:
    """Let a connection reach nothing but its own file and what it may, and never undo this."""
    if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        return
    limit(connection, may)
    connection.execute(f"set allowed_configs = {SETTABLE}")
    connection.execute("set lock_configuration = true")


def limit(connection: duckdb.DuckDBPyConnection, may: Sequence[str]) -> None:
    """Let a connection open no other files than these and those below these folders."""
    files = [str(absolute(name)) for name in may if Path(name).is_file()]
    folders = [f"{absolute(name)}/" for name in may if not Path(name).is_file()]
    connection.execute(f"set allowed_directories = {listed(folders)}")
    connection.execute(f"set allowed_paths = {listed(files)}")
    connection.execute("set enable_external_access = false")


def listed(names: list[str]) -> str:
    """Write a list of strings in SQL."""
    return "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in names) + "]"


def spill_folder(path: str) -> str:
    """Name where to spill what memory does not hold: beside the store, or with other temporary files."""
    place = ".tmp" if path == MEMORY else f"{path}.tmp"
    if os.access(absolute(place).parent, os.W_OK):
        return f"{place}-{SPILL}"
    return str(Path(tempfile.gettempdir()) / f"llmcost-spill-{SPILL}")


def absolute(path: str) -> Path:
    """Give a name by which DuckDB takes what it names for a file, whatever it looks like."""
    return Path.cwd() / path


def check_file(path: str, *, read_only: bool) -> None:
    """Let only DuckDB files through, before DuckDB sees them; an empty file is a new store.

    Raises UsageError for an address, StoreError for a file that is none.
    """
    if ADDRESS.match(path):
        raise UsageError(
            f"{path}: a store is a file on this machine, not an address", hint=f"a file of that name is ./{path}"
        )
    file = Path(path)
    if not file.exists():
        if read_only:
            raise StoreError(f"{path}: no such store", hint="`llmcost ingest PATH` makes one; `--db` names it")
        return
    if not file.is_file():
        raise StoreError(f"{path}: not a file, so not a llmcost store", hint="name a file with --db")
    try:
        with file.open("rb") as opened:
            head = opened.read(12)
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened: {error.strerror}", hint="may you read it?") from error
    if not head:
        begin_anew(file, read_only=read_only)
    elif head[MAGIC[0]] != MAGIC[1]:
        raise StoreError(f"{path}: not a llmcost store", hint="name another file with --db")


def mask_of(path: str) -> int:
    """Say what a new store, and what DuckDB makes beside one, may not be: others' at all, or more than the store is."""
    try:
        return ~os.stat(path).st_mode & 0o777  # noqa: PTH116
    except OSError:
        return 0o077


def begin_anew(file: Path, *, read_only: bool) -> None:
    """Take away an empty file, as a full disk leaves one, unless somebody is about to fill it."""
    if read_only:
        raise StoreError(f"{file}: the store is empty", hint="`llmcost ingest PATH` fills it")
    try:
        with file.open("r+b") as opened:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(opened.fileno()).st_size:
                file.resolve().unlink()
    except BlockingIOError:
        return  # whoever holds it is named when it is opened
    except OSError as error:
        raise StoreError(cannot_write(file, error.strerror), hint="may you write in its folder?") from error
