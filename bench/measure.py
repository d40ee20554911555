"""Time contenders in interleaved rounds; a ratio is one of two times of the same round."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.contenders import CONTENDERS
from bench.data import DATA, logs

Seconds = dict[str, list[float]]
# a child of a small process: a process that is started from a large one begins with the large one's peak
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Ratio:
    """One row of the table: how long `over` takes to how long `under` takes, and its bar."""

    group: str
    over: str
    under: str
    bar: str


def timed(name: str, rows: int) -> float:
    """Run one contender into a new database; return seconds."""
    contender, kind, prepare = CONTENDERS[name]
    files = [str(path) for path in logs(kind, rows)]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        if prepare:
            prepare(database, files)
        gc.collect()
        began = time.perf_counter()
        contender(database, files)
        return time.perf_counter() - began


def interleaved(names: Iterable[str], rows: int, rounds: int) -> Seconds:
    """Run every contender once a round; the first round, which warms the page cache and the imports, is not counted."""
    seconds: Seconds = {name: [] for name in names}
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        for name, times in seconds.items():
            times.append(timed(name, rows))
    return {name: times[1:] for name, times in seconds.items()}


def spread(ratios: list[float]) -> str:
    """Write the median, and the lowest and the highest."""
    return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}..{max(ratios):.2f}]"


def paired(seconds: Seconds, ratio: Ratio) -> list[float]:
    """Divide round by round."""
    return [over / under for over, under in zip(seconds[ratio.over], seconds[ratio.under], strict=True)]


def peak_bytes(kind: str, rows: int) -> tuple[int, int]:
    """Run `llmcost ingest` as a command; return its peak memory and the bytes of its store."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        command = ["-m", "llmcost", "ingest", "--db", str(database), *map(str, logs(kind, rows))]
        launched = [sys.executable, "-c", PEAK, sys.executable, *command]
        measured = subprocess.run(launched, check=True, capture_output=True, text=True, cwd=DATA.parent.parent)
        unit = 1 if sys.platform == "darwin" else 1024
        return int(measured.stdout) * unit, database.stat().st_size
