"""How long `llmcost ingest` takes beside DuckDB alone, on the same files, in interleaved rounds.

Each contender is a fresh process-wide state: a new database file, the page cache warm. What is printed is the median of
the rounds' ratios, with the lowest and the highest.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.lean import write_logs
from llmcost.ingest import ingest
from llmcost.ingest.format import formats
from llmcost.store import Store

DATA = Path(__file__).parent / "data"
Contender = Callable[[Path, list[str]], None]


def complete(database: Path, files: list[str]) -> None:
    """All that `llmcost ingest` does: recognise, read, resolve usage, deduplicate, ledger, commit."""
    with Store(database) as store:
        ingest(store, files)


def bare(database: Path, files: list[str]) -> None:
    """DuckDB alone storing the same columns, nothing checked."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table logs as select * from {reader(files)}")


def parse(database: Path, files: list[str]) -> None:
    """DuckDB alone reading the same columns and storing nothing: the limit."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"select count(logs) from (select logs from {reader(files)} as logs) where logs.id = ''")


def reader(files: list[str]) -> str:
    """Write DuckDB's call for the columns that the format reads."""
    return f"read_ndjson({files}, columns = {formats()['litellm'].duckdb_columns('DOUBLE')})"


CONTENDERS: dict[str, Contender] = {"complete": complete, "bare": bare, "parse": parse}


def timed(contender: Contender, files: list[str]) -> tuple[float, int]:
    """Run one contender into a new database; return seconds and the database's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        began = time.perf_counter()
        contender(database, files)
        return time.perf_counter() - began, database.stat().st_size


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=400_000)
    arguments.add_argument("--files", type=int, default=4)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    paths = sorted(DATA.glob(f"lean-{chosen.rows}-*.jsonl"))
    if len(paths) != chosen.files:
        print(f"writing {chosen.rows:,} records ...", file=sys.stderr)
        paths = write_logs(DATA, chosen.rows, chosen.files)
    files = [str(path) for path in paths]
    size = sum(path.stat().st_size for path in paths)
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    stored = 0
    for _ in range(chosen.rounds):
        for name, contender in CONTENDERS.items():
            taken, bytes_stored = timed(contender, files)
            seconds[name].append(taken)
            stored = bytes_stored if name == "complete" else stored
    report(chosen.rows, size, stored, seconds)


def report(rows: int, size: int, stored: int, seconds: dict[str, list[float]]) -> None:
    """Print medians and paired ratios."""
    print(f"{rows:,} requests, {size / 1e6:,.0f} MB of JSON lines, {len(seconds['parse'])} rounds")
    for name, times in seconds.items():
        print(f"  {name:9} {statistics.median(times):6.2f} s   {size / statistics.median(times) / 1e6:6,.0f} MB/s")
    for other in ("bare", "parse"):
        ratios = [a / b for a, b in zip(seconds["complete"], seconds[other], strict=True)]
        print(f"  complete / {other}: {statistics.median(ratios):.2f} [{min(ratios):.2f}..{max(ratios):.2f}]")
    print(f"  store / JSON lines: {stored / size:.1%}")


if __name__ == "__main__":
    main()
