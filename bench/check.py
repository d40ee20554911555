"""How long a check of a large suite takes: 5,000 cases of 5 runs, whole processes, in interleaved rounds.

Printed is a Markdown table of medians with the lowest and the highest, in seconds, the highest memory, and the bar.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.processes import Run, measured

CASES, RUNS, ROUNDS = 5_000, 5, 5
LLMCOST = [sys.executable, "-m", "llmcost"]


def requests(seed: int) -> Iterator[dict[str, Any]]:
    """Invent a request for each run of each case."""
    drawn = random.Random(seed)
    for case in range(CASES):
        for run in range(RUNS):
            yield {
                **{"llmcost": 1, "request_id": f"{seed}-{case}-{run}", "started_at": "2026-11-20T10:00:00Z"},
                **{"provider_name": "openai", "request_model": "gpt-4o-mini"},
                **{"case_id": f"case-{case:04}", "case_run": str(run)},
                **{"input_tokens": 500 + case, "output_tokens": drawn.randrange(100, 400)},
            }


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        before, now, baseline = (str(Path(name) / file) for file in ("before.jsonl", "now.jsonl", "baseline.json"))
        for seed, path in enumerate((before, now)):
            Path(path).write_text("".join(json.dumps(record) + "\n" for record in requests(seed)), encoding="utf-8")
        subprocess.run([*LLMCOST, "baseline", "create", before, "-o", baseline], check=True, stderr=subprocess.DEVNULL)
        commands = {
            "check --baseline": [*LLMCOST, "check", now, "--baseline", baseline],
            "check --against": [*LLMCOST, "check", now, "--against", before],
        }
        found: dict[str, list[Run]] = {title: [] for title in commands}
        for _ in range(ROUNDS):
            for title, command in commands.items():
                found[title].append(measured(command))
    print(f"| {ROUNDS} interleaved rounds, {CASES:,} cases x {RUNS} runs | s, median [lowest..highest] | MB | bar |")
    print("|---|---|---|---|")
    for title, runs in found.items():
        seconds = [run.seconds for run in runs]
        shown = f"{statistics.median(seconds):.2f} [{min(seconds):.2f}..{max(seconds):.2f}]"
        print(f"| {title} | {shown} | {max(run.megabytes for run in runs):.0f} | <= 5 s |")


if __name__ == "__main__":
    main()
