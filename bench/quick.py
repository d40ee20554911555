"""The main ratios in three minutes: whole processes in processor seconds, each beside what it is measured against.

Processor time is steadier than wall time where other work runs beside it. The last ratios are kept in
bench/quick.json; one that is a third larger now is named, and nothing fails for it: a busy machine is no mistake.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import orjson

from bench import detect, processes
from bench.contenders import reader
from bench.data import logs
from bench.lean import payloads

LAST = Path(__file__).parent / "quick.json"
FIXTURES = Path(__file__).parent.parent / "fixtures"
SMALL_FILES, LEAN_ROWS, STORED = 2_000, 40_000, 1_000_000
WORSE = 4 / 3
PROBE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""
LOOP = """
import glob, orjson, sys
print(sum(orjson.loads(open(file, "rb").read())["total_tokens"] for file in glob.glob(sys.argv[1])))
"""
SUMS = "select name_id, started_at::date, count(*), sum(input_tokens), sum(output_tokens) from requests group by all"


@dataclass(frozen=True)
class Row:
    """One line of the table: what is run, what beside it, and the bar of their ratio."""

    name: str
    command: list[str]
    beside: list[str]
    bar: str


def rows(folder: Path) -> list[Row]:
    """Make what is read, and list what is run over it."""
    small, stored, filled = folder / "small", folder / "stored.duckdb", folder / "fixtures.duckdb"
    small.mkdir()
    for number, record in enumerate(payloads(SMALL_FILES)):
        (small / f"{number:04}.json").write_bytes(orjson.dumps(record))
    processes.fill(stored, STORED, detect.REQUESTS)
    subprocess.run([*python("-m", "llmcost", "ingest", str(FIXTURES)), "--db", str(filled)], capture_output=True)
    lean = [str(path) for path in logs("lean", LEAN_ROWS)]
    new = ["--db", str(folder / "new.duckdb")]
    bare = f"import duckdb; duckdb.connect({str(folder / 'bare.duckdb')!r}).execute('create or replace table logs as "
    duckdb = python("-c", "import duckdb")
    sums = python("-c", f"import duckdb; duckdb.connect({str(stored)!r}, read_only=True).execute({SUMS!r})")
    return [
        Row("llmcost --help / import duckdb", llmcost("--help"), duckdb, "<= 0.75"),
        Row("pricing show / import duckdb", llmcost("pricing", "show", "gpt-4o"), duckdb, "<= 1.25"),
        Row("report on the fixtures / import duckdb", llmcost("report", "--db", str(filled)), duckdb, "<= 1.75"),
        Row(
            f"{SMALL_FILES:,} files of a record / an orjson loop",
            llmcost("ingest", str(small), *new),
            python("-c", LOOP, f"{small}/*"),
            "<= 6",
        ),
        Row(
            f"{LEAN_ROWS:,} lean lines / bare create table",
            llmcost("ingest", *lean, *new),
            python("-c", bare + f"select * from ' + {reader(lean)!r})"),
            "<= 1.0",
        ),
        Row(f"report --by model,day, {STORED:,} / bare sum", llmcost(*by_day(stored)), sums, ""),
        Row(f"savings, {STORED:,} / bare sum", llmcost("savings", "--db", str(stored)), sums, ""),
    ]


def by_day(stored: Path) -> list[str]:
    """The report that most people begin with."""
    return ["report", "--by", "model,day", "--db", str(stored)]


def python(*arguments: str) -> list[str]:
    """Run Python."""
    return [sys.executable, *arguments]


def llmcost(*arguments: str) -> list[str]:
    """Run llmcost as a command; a store that it makes is new each time."""
    return python("-m", "llmcost", *arguments)


def processor_seconds(command: list[str], folder: Path) -> float:
    """Run a command to its end."""
    for store in folder.glob("new.duckdb*"):
        store.unlink()
    done = subprocess.run([sys.executable, "-c", PROBE, *command], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    """Print the table, and what has become a third slower than it was last."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--keep", action="store_true", help="keep these ratios as the last ones")
    chosen = arguments.parse_args()
    ratios: dict[str, float] = {}
    print(f"| processor seconds, {chosen.rounds} interleaved rounds | ratio | seconds | bar |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for row in rows(Path(name)):
            pairs = [
                (processor_seconds(row.command, Path(name)), processor_seconds(row.beside, Path(name)))
                for _ in range(chosen.rounds)
            ]
            ratios[row.name] = round(statistics.median(over / under for over, under in pairs), 2)
            seconds = statistics.median(over for over, _ in pairs)
            print(f"| {row.name} | {ratios[row.name]:.2f} | {seconds:.2f} | {row.bar} |", flush=True)
    last = json.loads(LAST.read_text()) if LAST.exists() else {}
    for row_name, ratio in ratios.items():
        if ratio > WORSE * last.get(row_name, ratio):
            print(f"slower: {row_name} was {last[row_name]:.2f}, is {ratio:.2f}", file=sys.stderr)
    if chosen.keep:
        LAST.write_text(json.dumps(ratios, indent=2) + "\n")


if __name__ == "__main__":
    main()
