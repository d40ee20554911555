"""A store written anew beside itself, in order of time, and put in its own place once it is whole.

The new file has a name that follows from the store's, and only who has the store alone writes it. So whoever has the
store alone may take away what it finds there: it is of one that was killed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from llmcost.errors import LlmcostError
from llmcost.store.quote import literal, quoted

if TYPE_CHECKING:
    from llmcost.store.connection import Store

# hidden, and without the ending of a store
BESIDE = ".{}.rewriting"
WAL = ".wal"
SPILLED = re.compile(r"\.tmp-[0-9a-f]{32}")
TABLES = "select table_name from duckdb_tables() where database_name = current_database() and not internal"
# those of one moment by file, and as the store had them
ORDER = "order by started_at, file_id, rowid"


@dataclass(frozen=True)
class Rewritten:
    """What a store holds and held, in requests and in bytes of its file."""

    requests: int
    requests_before: int
    size: int
    size_before: int


def rewrite(store: Store, say: Callable[[str], None], changed: Mapping[str, str] | None = None) -> Rewritten:
    """Write a store anew, in order of time, and put it in the old one's place; the store is closed then.

    `changed` are queries for tables that are not to be as they were. Whatever stops it leaves the old store as it was
    and nothing beside it; one that is killed leaves a file that goes when the store is next written.
    """
    place = Path(os.path.realpath(store.path))
    part = beside(place)
    # its log of changes goes into it: one that stayed would be taken for the new file's
    store.execute("force checkpoint")
    before, size_before = count_of(store), place.stat().st_size
    try:
        with attached(store, part) as name:
            say("copying")
            copy(store, name, {"requests": f"from requests {ORDER}", **(changed or {})}, say)
            after = count_of(store, f"{name}.")
        put(store, part, place)
        return Rewritten(after, before, place.stat().st_size, size_before)
    finally:
        store.close()
        remove(part)


def count_of(store: Store, prefix: str = "") -> int:
    """Count the requests of one of the two stores."""
    return int(store.value(f"select count(*) from {prefix}requests"))


def beside(place: Path) -> Path:
    """Name the file that a store is written anew into."""
    return place.with_name(BESIDE.format(place.name))


@contextmanager
def attached(store: Store, part: Path) -> Iterator[str]:
    """Give the name in SQL of a new file, which is whole when the block has ended well."""
    name = quoted(f"{store.value('select current_database()')} anew")
    store.execute(f"attach {literal(str(part))} as {name}")
    try:
        yield name
        store.execute(f"force checkpoint {name}")
    finally:
        with suppress(duckdb.Error, LlmcostError):
            store.execute(f"detach {name}")


def copy(store: Store, name: str, queries: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Copy all tables with their constraints, and views; what `queries` have is what those give."""
    old = quoted(store.value("select current_database()"))
    store.execute(f"copy from database {old} to {name} (schema)")
    for (table,) in sorted(store.rows(TABLES)):
        if table == "requests":
            say("sorting requests by time")
        store.execute(f"insert into {name}.{quoted(table)} {queries.get(table, f'from {quoted(table)}')}")
    say("writing the file")


def put(store: Store, part: Path, place: Path) -> None:
    """Let the new file have the old one's name, mode and owner; the old one is nobody's then."""
    keep_owner(part, place)
    sync(part)
    # what the store's connection wrote beside it from now on would be taken for the new one's
    store.execute("pragma disable_checkpoint_on_shutdown")
    part.replace(place)
    sync(place.parent)


def keep_owner(part: Path, place: Path) -> None:
    """Give the new file the mode of the old one, and its owner, which only root can."""
    old = place.stat()
    with suppress(OSError):
        os.chown(part, old.st_uid, old.st_gid)
    part.chmod(old.st_mode & 0o7777)


def sync(path: Path) -> None:
    """Wait until a file, or what a folder says of its names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(path: str) -> None:
    """Take away what killed processes left beside a store: who calls this has the store alone."""
    place = Path(os.path.realpath(path))
    remove(beside(place))
    with suppress(OSError), os.scandir(place.parent) as entries:
        for entry in entries:
            if entry.name.startswith(place.name) and SPILLED.fullmatch(entry.name[len(place.name) :]):
                shutil.rmtree(entry.path, ignore_errors=True)


def remove(part: Path) -> None:
    """Take away a new file that is not to be, and its log of changes."""
    with suppress(OSError):
        part.unlink(missing_ok=True)
        part.with_name(part.name + WAL).unlink(missing_ok=True)
