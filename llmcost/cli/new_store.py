"""A store that an ingest was to make and did not fill leaves no file behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmcost.errors import UsageError
from llmcost.store.connect import MEMORY
from llmcost.store.peek import peek

# bytes with which every DuckDB file begins
HEADERS = 3 * 4096


def check_kept(db: Path) -> None:
    """Refuse a store that would be gone at once. Raises UsageError."""
    if str(db).startswith(MEMORY):
        raise UsageError(
            f"--db {db} would be gone when the command ends, and all that it holds",
            hint="--db FILE keeps it; to read logs in memory name them: llmcost report PATH",
        )


@contextmanager
def no_empty_store(db: Path) -> Iterator[None]:
    """Take away a store that was not there before the block, where the block fails and nothing has come into it."""
    was_there = db.exists() or db.is_symlink()
    try:
        yield
    except BaseException:
        if not was_there and db.exists() and is_empty(db):
            for file in (db, db.with_name(f"{db.name}.wal")):
                file.unlink(missing_ok=True)
        raise


def is_empty(db: Path) -> bool:
    """Tell whether a store knows of no file that was read; what cannot be looked into is kept, unless cut short."""
    tables = peek(db, "select count(*) from duckdb_tables() where table_name = 'files'")
    if not tables:
        return db.stat().st_size < HEADERS
    return tables == [(0,)] or peek(db, "select count(*) from files") == [(0,)]
