"""Commands as whole processes over one large store, in interleaved rounds, printed as a Markdown table."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from llmcost.store import Store

# measured by a small process of its own: what a large one starts begins with the large one's peak
PROBE = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""
BATCH = 1_000_000


@dataclass(frozen=True)
class Bench:
    """What is run: commands and their bars by name, and SQL that makes requests `$first` to `$last` of `$rows`."""

    commands: Mapping[str, list[str]]
    bars: Mapping[str, str]
    requests: str


def run(bench: Bench, description: str | None) -> None:
    """Make the store, run every command in turn, and print what it took."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--memory-limit", default=None)
    arguments.add_argument("--store", type=Path, default=None, help="keep the store here, or use the one that is here")
    arguments.add_argument("--only", nargs="*", default=list(bench.commands))
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.store or Path(folder) / "bench.duckdb"
        if not path.exists():
            fill(path, chosen.rows, bench.requests)
        runs: dict[str, list[Run]] = {name: [] for name in chosen.only}
        for _ in range(chosen.rounds):
            for name in chosen.only:
                limit = ["--memory-limit", chosen.memory_limit] if chosen.memory_limit else []
                command = [sys.executable, "-m", "llmcost", *bench.commands[name], "--db", str(path), *limit]
                runs[name].append(measured(command))
    print(f"| {chosen.rounds} interleaved rounds, {chosen.rows:,} requests | s, median [lowest..highest] | MB | bar |")
    print("|---|---|---|---|")
    for name, each in runs.items():
        seconds = [run.seconds for run in each]
        shown = f"{statistics.median(seconds):.2f} [{min(seconds):.2f}..{max(seconds):.2f}]"
        print(f"| {name} | {shown} | {max(run.megabytes for run in each):.0f} | {bench.bars.get(name, '')} |")


@dataclass(frozen=True)
class Run:
    """One run of a command: wall seconds and its peak memory."""

    seconds: float
    megabytes: float


def measured(command: list[str]) -> Run:
    """Run a command as a process of its own."""
    done = subprocess.run([sys.executable, "-c", PROBE, *command], check=True, capture_output=True, text=True)
    return Run(*json.loads(done.stdout))


def fill(path: Path, rows: int, requests: str) -> None:
    """Make a store of so many requests."""
    with Store(path) as store:
        for first in range(0, rows, BATCH):
            store.execute(requests, {"rows": rows, "first": first, "last": min(first + BATCH, rows)})
        store.assign_name_ids()
