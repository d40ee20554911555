"""What is timed: `llmcost ingest` and what it is measured against, each into a database file of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb

from bench import peers
from bench.data import DATA
from llmcost.ingest import Options, ingest
from llmcost.ingest.format import duckdb_columns, formats
from llmcost.store import Store

Contender = Callable[[Path, list[str]], None]


def complete(database: Path, files: list[str]) -> None:
    """All that `llmcost ingest` does: recognise, read, resolve usage, hash, deduplicate, ledger, commit."""
    with Store(database) as store:
        ingest(store, files)


def without_text(database: Path, files: list[str]) -> None:
    """The same, but no prompt is read."""
    with Store(database) as store:
        ingest(store, files, options=Options(hashes_text=False))


def bare(database: Path, files: list[str]) -> None:
    """DuckDB alone storing the columns that llmcost reads, nothing checked."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table logs as select * from {reader(files)}")


def parse(database: Path, files: list[str]) -> None:
    """DuckDB alone reading the same columns and storing nothing: the limit."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"select count(logs) from (select logs from {reader(files)} as logs) where logs.id = ''")


def reader(files: list[str]) -> str:
    """Write DuckDB's call for the columns that the format reads."""
    return f"read_ndjson({files}, columns = {duckdb_columns(formats()['litellm'].columns, 'DOUBLE')})"


def connect(database: Path, files: list[str]) -> None:
    """Open a store and do nothing."""
    duckdb.connect(str(database)).close()


def rerun_process(database: Path, files: list[str]) -> None:
    """`llmcost ingest` as a command, where nothing has changed."""
    run("-m", "llmcost", "ingest", "--db", str(database), str(Path(files[0]).parent))


def connect_process(database: Path, files: list[str]) -> None:
    """Python opening a store and doing nothing."""
    run("-c", f"import duckdb; duckdb.connect({str(database)!r})")


def run(*arguments: str) -> None:
    """Run Python to its end."""
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=DATA.parent.parent)


def is_filled(database: Path, files: list[str]) -> None:
    """Begin with a store that holds the files."""
    shutil.copy(filled(tuple(files)), database)


@cache
def filled(files: tuple[str, ...]) -> Path:
    """Make a store that holds the files."""
    database = DATA / "filled.duckdb"
    database.unlink(missing_ok=True)
    complete(database, list(files))
    return database


# name -> what runs, over which data set, and what comes before it untimed
CONTENDERS: dict[str, tuple[Contender, str, Contender | None]] = {
    "complete": (complete, "lean", None),
    "bare": (bare, "lean", None),
    "parse": (parse, "lean", None),
    "read_json_auto": (peers.read_json_auto, "lean", None),
    "orjson": (peers.orjson_loop, "lean", None),
    "polars": (peers.polars, "lean", None),
    "chdb": (peers.chdb, "lean", None),
    "fat": (complete, "fat", None),
    "fat unhashed": (without_text, "fat", None),
    **{kind: (complete, kind, None) for kind in ("gz", "zst", "parquet", "array", "dirty")},
    "rerun": (complete, "tiny", is_filled),
    "connect": (connect, "tiny", is_filled),
    "rerun process": (rerun_process, "tiny", is_filled),
    "connect process": (connect_process, "tiny", is_filled),
}
