"""How long detectors take: whole processes over one store on disk, in interleaved rounds, beside a report.

The store holds invented requests, made in the database: 3 % are attempts sent again, a tenth of the keys asks for
labels, every fifth key has a long system prompt that nobody caches, and every twentieth request embeds ten texts.
Printed is a Markdown table of medians with the lowest and the highest, in seconds, the highest memory, and the bar.
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

from llmcost.store import Store

REQUESTS = """
    insert into requests by name
    with
        numbered as (
            select
                i,
                i // 100 as app,
                i % 20 = 19 as is_embedding,
                i - case when i % 100 < 4 then i % 100 else 0 end as asked,
                timestamp '2026-10-01' + to_microseconds(i * (2592000000000 // $rows)) as started_at
            from range($first, $last) made(i)
        )
    select
        'request-' || i as request_id, hash(i) as dedupe_key, 1 as file_id, 'inclusive' as usage_basis,
        'bench' as gateway, 'openai' as provider_name, 'key-' || app % 200 as api_key_alias,
        case when is_embedding then 'text-embedding-3-small'
             else ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3', 'gpt-5'][1 + app % 5] end as request_model,
        started_at, started_at + to_milliseconds(100) as ended_at,
        case when is_embedding then 'embeddings' else 'chat' end as operation_name,
        'ok' as status, 'provider' as usage_source, false as is_batch,
        case when i % 100 < 3 then 'length' else 'stop' end as finish_reason,
        3000 + i % 977 as input_tokens, 0 as cache_read_input_tokens,
        case when is_embedding then 0 when app % 10 = 0 then 2 else 100 + i % 333 end as output_tokens,
        case when not is_embedding then hash(asked) end as prompt_hash,
        case when not is_embedding then md5('system' || app % 200) end as system_prompt_hash,
        case when app % 5 = 0 then 8000 else 800 end as system_prompt_chars, 12000 + 4 * (i % 977) as input_chars,
        case when not is_embedding then [hash(app % 200), hash(asked)] end as prefix_hashes,
        case when not is_embedding then [case when app % 5 = 0 then 8000 else 800 end, 12000 + 4 * (i % 977)] end
            as prefix_chars,
        case when is_embedding then null when app % 10 = 0 then hash(i % 8) else hash(i) end as output_hash,
        case when is_embedding then list_transform(range(10), lambda n: hash(i % 400000 + n)) end
            as embedding_item_hashes,
        case when is_embedding then list_transform(range(10), lambda n: 1200) end as embedding_item_chars,
        case when is_embedding then 1536 end as embedding_dimensions
    from numbered
"""
# measured by a small process of its own: what a large one starts begins with the large one's peak
PROBE = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""
BATCH = 1_000_000
NAMES = ("retries", "prompt-tax", "model-mismatch", "embeddings", "duplicates")
COMMANDS = {
    "report --by model,day": ["report", "--by", "model,day"],
    **{f"detect {name}": ["detect", name] for name in NAMES},
    "savings": ["savings"],
}
BARS = {"report --by model,day": "<= 2 s", "detect retries": "<= 4 s"}


def main() -> None:
    """Make the store, run every command in turn, and print what it took."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--memory-limit", default=None)
    arguments.add_argument("--store", type=Path, default=None, help="keep the store here, or use the one that is here")
    arguments.add_argument("--only", nargs="*", default=list(COMMANDS))
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.store or Path(folder) / "bench.duckdb"
        if not path.exists():
            fill(path, chosen.rows)
        runs: dict[str, list[Run]] = {name: [] for name in chosen.only}
        for _ in range(chosen.rounds):
            for name in chosen.only:
                limit = ["--memory-limit", chosen.memory_limit] if chosen.memory_limit else []
                runs[name].append(
                    measured([sys.executable, "-m", "llmcost", *COMMANDS[name], "--db", str(path), *limit])
                )
    print(f"| {chosen.rounds} interleaved rounds, {chosen.rows:,} requests | s, median [lowest..highest] | MB | bar |")
    print("|---|---|---|---|")
    for name, each in runs.items():
        seconds = [run.seconds for run in each]
        shown = f"{statistics.median(seconds):.2f} [{min(seconds):.2f}..{max(seconds):.2f}]"
        print(f"| {name} | {shown} | {max(run.megabytes for run in each):.0f} | {BARS.get(name, '')} |")


@dataclass(frozen=True)
class Run:
    """One run of a command: wall seconds and its peak memory."""

    seconds: float
    megabytes: float


def measured(command: list[str]) -> Run:
    """Run a command as a process of its own."""
    done = subprocess.run([sys.executable, "-c", PROBE, *command], check=True, capture_output=True, text=True)
    return Run(*json.loads(done.stdout))


def fill(path: Path, rows: int) -> None:
    """Make a store of so many requests."""
    with Store(path) as store:
        for first in range(0, rows, BATCH):
            store.execute(REQUESTS, {"rows": rows, "first": first, "last": min(first + BATCH, rows)})


if __name__ == "__main__":
    main()
