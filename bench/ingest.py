"""How long `llmcost ingest` takes beside DuckDB alone and others, on the same files, in interleaved rounds.

Each contender begins with a new database file, the page cache warm. Printed are Markdown tables: the median of the
rounds' ratios with the lowest and the highest, the bars of bench/README.md, and the seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.contenders import CONTENDERS
from bench.data import logs, size_of
from bench.measure import Ratio, Seconds, interleaved, paired, peak_bytes, spread
from bench.peers import HAS_CHDB

RATIOS = [
    Ratio("lean", "complete", "bare", "<= 1.0"),
    Ratio("lean", "complete", "parse", "<= 2.0"),
    Ratio("peers", "read_json_auto", "complete", ">= 1.5"),
    Ratio("peers", "chdb", "complete", ">= 1.2"),
    Ratio("peers", "orjson", "complete", ">= 5"),
    Ratio("peers", "polars", "complete", ">= 2.5"),
    Ratio("fat", "fat", "fat unhashed", "<= 2.0"),
    Ratio("shapes", "zst", "complete", "<= 1.35"),
    Ratio("shapes", "gz", "complete", "<= 2.0"),
    Ratio("shapes", "parquet", "complete", ""),
    Ratio("shapes", "array", "complete", ""),
    Ratio("shapes", "dirty", "complete", "<= 2.5"),
    Ratio("rerun", "rerun process", "connect process", "<= 3"),
    Ratio("rerun", "rerun", "connect", ""),
]
GROUPS = [*dict.fromkeys(ratio.group for ratio in RATIOS), "memory"]


def main() -> None:
    """Run the groups that were asked for and print their tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=400_000, help="lean records; fat ones are an eighth as many")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--only", choices=GROUPS, action="append", help="may be repeated; default: all")
    chosen = arguments.parse_args()
    groups = chosen.only or GROUPS
    ratios = [ratio for ratio in RATIOS if ratio.group in groups and is_possible(ratio)]
    names = dict.fromkeys(name for ratio in ratios for name in (ratio.over, ratio.under))
    seconds = interleaved(names, chosen.rows, chosen.rounds) if ratios else {}
    print_ratios(ratios, seconds, chosen.rows, chosen.rounds)
    if "memory" in groups:
        print_memory(chosen.rows)
    print_seconds(seconds, chosen.rows)


def is_possible(ratio: Ratio) -> bool:
    """Say what is left out, and why."""
    if "chdb" in (ratio.over, ratio.under) and not HAS_CHDB:
        print("chdb left out: not installed (pip install chdb)", file=sys.stderr)
        return False
    return True


def print_ratios(ratios: list[Ratio], seconds: Seconds, rows: int, rounds: int) -> None:
    """Print medians of paired ratios beside their bars."""
    print(f"| {rounds} interleaved rounds, {rows:,} requests | median [lowest..highest] | bar |")
    print("|---|---|---|")
    for ratio in ratios:
        print(f"| {ratio.over} / {ratio.under} | {spread(paired(seconds, ratio))} | {ratio.bar} |")


def print_memory(rows: int) -> None:
    """Print what one process needs, as further rows."""
    for kind in ("lean", "fat"):
        peak, stored = peak_bytes(kind, rows)
        print(f"| peak memory, {kind}, MB | {peak / 1e6:,.0f} | <= 1,000 |")
        if kind == "lean":
            print(f"| store / JSON lines, bytes | {stored / size_of(logs(kind, rows)):.1%} | <= 5 % |")


def print_seconds(seconds: Seconds, rows: int) -> None:
    """Print median seconds, and bytes of the files per second."""
    print("\n| contender | seconds | MB/s |")
    print("|---|---|---|")
    for name, times in seconds.items():
        median = statistics.median(times)
        size = size_of(logs(CONTENDERS[name][1], rows))
        print(f"| {name} | {median:.3f} | {size / median / 1e6:,.0f} |")


if __name__ == "__main__":
    main()
