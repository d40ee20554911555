"""The demo month with its texts and without them: what was planted, what is found of it, and how sure that is."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmcost.render.money import dollars

LOGS, TRUTH = Path("llmcost-demo/logs"), Path("llmcost-demo/truth.csv")


def beside_texts(folder: str) -> None:
    """Print a table of the demo month that lies in a folder: a row for each kind of waste."""
    texts, counts = (found(Path(folder), name, more) for name, more in (("with", ()), ("without", ("--text", "none"))))
    print("| waste | planted | found with texts | found without, by `--text none` |\n|---|---|---|---|")
    for detector, planted in truth(Path(folder)).items():
        print(f"| {detector} | {dollars(planted)} | {said(texts[detector])} | {said(counts[detector])} |")


def truth(folder: Path) -> dict[str, Decimal]:
    """Add up what was planted, the most first."""
    planted: dict[str, Decimal] = defaultdict(Decimal)
    with (folder / TRUTH).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            planted[row["detector"]] += Decimal(row["saving_usd"])
    return dict(sorted(planted.items(), key=lambda item: -item[1]))


def found(folder: Path, name: str, more: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Read the logs into a store of their own, and give the lines of its savings by detector."""
    store = f"{name}.duckdb"
    subprocess.run(["llmcost", "ingest", str(LOGS), "--db", store, *more], cwd=folder, capture_output=True, check=True)
    done = subprocess.run(
        ["llmcost", "savings", "--db", store, "-f", "json"], cwd=folder, capture_output=True, check=True
    )
    rows = json.loads(done.stdout, parse_float=Decimal)["rows"]
    return {row["line"]: row for row in rows}


def said(line: dict[str, Any]) -> str:
    """Write what a detector found: its range, how sure it is, and the best estimate."""
    apart = [
        f"{dollars(line[f'{name}_usd'])} {name}" for name in ("proven", "likely", "possible") if line[f"{name}_usd"]
    ]
    return f"{', '.join(apart)} ({dollars(line['saving_low_usd'])} to {dollars(line['saving_high_usd'])})"
