"""What `llmcost watch` costs: a store of many requests, a log that grows by many a second, and who watches it.

The store holds `--rows` invented requests of the last ten days, of 200 keys and five models. First the parts of a look
are timed one by one while requests come in; then the command runs as a process for `--seconds`, without a terminal.
Printed are medians and the highest of milliseconds of processor time, the share of a core, and the highest memory.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import orjson
from rich.console import Console

from bench.lean import payload
from llmcost.alerts.evaluate import evaluate
from llmcost.alerts.rules import AlertSettings
from llmcost.ingest import ingest
from llmcost.pricing import load_book, shipped_book_path
from llmcost.store import Store
from llmcost.watch import watching as module
from llmcost.watch.frame import frame
from llmcost.watch.view import View
from llmcost.watch.watching import Settings, Watching

REQUESTS = """
    insert into requests by name
    select
        'request-' || i as request_id, hash(i) as dedupe_key, 1 as file_id, 'inclusive' as usage_basis,
        'bench' as gateway, 'openai' as provider_name, 'key-' || hash(i) % 200 as api_key_alias,
        ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3', 'gpt-5'][1 + cast(hash(i) % 5 as int)] as request_model,
        $begin + to_microseconds(i * (864000000000 // $rows)) as started_at,
        started_at + to_milliseconds(200 + cast(hash(i) % 9000 as bigint)) as ended_at,
        'chat' as operation_name, case when i % 50 = 7 then 'error' else 'ok' end as status,
        case when i % 50 = 7 then 500 end as http_status_code, 'provider' as usage_source, false as is_batch,
        3000 + i % 977 as input_tokens, i % 1000 as cache_read_input_tokens, 100 + i % 333 as output_tokens
    from range($first, $last) made(i)
"""
BATCH = 1_000_000
ROUNDS = 8


def present() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def fill(path: Path, rows: int) -> None:
    with Store(path) as store:
        begin = present() - timedelta(days=10)
        for first in range(0, rows, BATCH):
            last = min(first + BATCH, rows)
            store.execute(REQUESTS, {"first": first, "last": last, "rows": rows, "begin": begin})
        store.assign_name_ids()


@contextmanager
def growing(log: Path, rate: int) -> Iterator[None]:
    stop, chance = Event(), random.Random(7)

    def write() -> None:
        number, began = 0, time.monotonic()
        with log.open("ab") as out:
            while not stop.wait(0.5):
                due = int((time.monotonic() - began) * rate)
                at = time.time() - 2
                out.writelines(orjson.dumps(payload(chance, at)) + b"\n" for _ in range(number, due))
                out.flush()
                number = due

    thread = Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class Timed:
    """Milliseconds of processor time and of the clock that parts took."""

    def __init__(self) -> None:
        self.parts: dict[str, list[tuple[float, float]]] = {}

    def of(self, name: str, part: Callable[..., Any], *given: Any) -> Any:
        """Time one call."""
        clock, spent = time.perf_counter(), time.process_time()
        found = part(*given)
        times = (time.process_time() - spent) * 1000, (time.perf_counter() - clock) * 1000
        self.parts.setdefault(name, []).append(times)
        return found

    def report(self) -> None:
        """Print a row a part."""
        print("| part | first, ms | ms of the clock, median and highest | of processor time |\n|---|---|---|---|")
        for name, times in self.parts.items():
            spent, clock = zip(*(times[1:] or times), strict=True)
            said = [f"{statistics.median(each):.0f}, {max(each):.0f}" for each in (clock, spent)]
            print(f"| {name} | {times[0][1]:.0f} | {said[0]} | {said[1]} |")


def time_parts(path: Path, log: Path) -> None:
    timed, settings = Timed(), Settings(load_book([shipped_book_path()]), AlertSettings())
    vars(module)["evaluate"] = lambda *given: timed.of("evaluate", evaluate, *given)
    console = Console(width=160, height=50, color_system=None)
    ahead = timedelta(0)
    with Watching(settings, path.with_suffix(".sqlite"), lambda: present() + ahead) as watching:
        for number in range(ROUNDS):
            # every other look a slot later, so that there is something to judge
            ahead = timedelta(minutes=5) * (number // 2)
            with timed_store(timed, path) as store:
                timed.of("ingest", ingest, store, [str(log)])
                timed.of("look, with evaluate", watching.look, store)
            snapshot = timed.of("snapshot", watching.snapshot)
            with console.capture():
                timed.of("draw", console.print, frame(snapshot, View(), 160, 50))
            time.sleep(5)
    timed.report()


@contextmanager
def timed_store(timed: Timed, path: Path) -> Iterator[Store]:
    store: Store = timed.of("open", Store, path)
    try:
        yield store
    finally:
        timed.of("close", store.close)


def run_process(path: Path, log: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "llmcost", "watch", str(log), "--db", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    settled = min(60.0, seconds / 3)
    time.sleep(settled)
    before = processor_seconds(process.pid)
    time.sleep(seconds - settled)
    share = (processor_seconds(process.pid) - before) / (seconds - settled)
    peak = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].split()[0]
    process.terminate()
    process.wait()
    said = f"{share:.0%} of a core; at the start {before:.1f} s; {int(peak) / 1024:.0f} MB"
    print(f"\nover {seconds - settled:.0f} s: {said}")


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--rate", type=int, default=1000)
    arguments.add_argument("--seconds", type=float, default=600)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder) / "bench.duckdb", Path(folder) / "log.jsonl"
        fill(path, chosen.rows)
        print(f"{chosen.rows:,} requests, {chosen.rate:,} more a second\n")
        log.touch()
        with growing(log, chosen.rate):
            time.sleep(5)
            time_parts(path, log)
            run_process(path, log, chosen.seconds)


if __name__ == "__main__":
    main()
