"""What README.md is written with: outputs and tables come from the program, and `make check` compares them."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from llmcost.detect import detectors
from llmcost.ingest.format import formats

ROOT = Path(__file__).parent.parent


def shell(*commands: str) -> None:
    """Print a console block: each command and what it says, run one after the other in an empty folder."""
    print("```console")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "fixtures").symlink_to(ROOT / "fixtures")
        for command in commands:
            done = subprocess.run(
                shlex.split(command),
                cwd=folder,
                env={**os.environ, "COLUMNS": "112"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=True,
            )
            print(f"$ {command}\n{done.stdout.rstrip()}\n")
    print("```")


def detector_table() -> None:
    """Print the shelf of detectors, in the order in which they claim savings."""
    print("| detector | what it finds | what to do |\n|---|---|---|")
    for name, detector in detectors().items():
        print(f"| [`{name}`](docs/detectors/{name}.md) | {detector.why} | {detector.advice} |")


def format_table() -> None:
    """Print the shelf of formats."""
    print("| format | what it is |\n|---|---|")
    for name, format in formats().items():
        print(f"| `{name}` | {format.title}: {format.answers} |")
