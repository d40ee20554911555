"""What README.md and docs are written with: outputs and tables come from the program, `make check` compares them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from llmcost.cli.app import app
from llmcost.cli.sections import TASKS
from llmcost.columns import COLUMNS
from llmcost.detect import detectors
from llmcost.errors import Exit
from llmcost.ingest.format import formats
from llmcost.report.view import views

ROOT = Path(__file__).parent.parent
# a command that did its work and found what it was to fail for
GATE = 1


def shell(*commands: str, width: int = 112, first: int | None = None) -> None:
    """Print a console block: each command and what it says, run one after the other in an empty folder.

    With `first` only so many lines of each are printed.
    """
    with tempfile.TemporaryDirectory() as name:
        tour(name, *commands, width=width, first=first)


def tour(
    folder: str, *commands: str, width: int = 112, first: int | None = None, part: tuple[str, str] | None = None
) -> None:
    """Print the same of a folder that goes on from block to block.

    With `part` only the lines from the one that begins so to the one that begins like the second are printed.
    """
    for linked in (ROOT / "fixtures", ROOT / "tests" / "suites"):
        if not (Path(folder) / linked.name).exists():
            (Path(folder) / linked.name).symlink_to(linked)
    print("```console")
    for command in commands:
        done = subprocess.run(
            shlex.split(command),
            cwd=folder,
            env={**os.environ, "COLUMNS": str(width)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode not in (0, GATE):
            raise RuntimeError(done.stdout)
        lines = done.stdout.rstrip().replace(f"{Path(folder).resolve()}/", "").splitlines()
        if part:
            begin, end = (next(at for at, line in enumerate(lines) if line.startswith(word)) for word in part)
            lines = ["...", *lines[begin:end], "..."]
        shown = lines if first is None or len(lines) <= first else [*lines[:first], "..."]
        print("\n".join([f"$ {command}", *shown, ""]))
    print("```")


def python(code: str, folder: str) -> None:
    """Print Python that was run in a folder, and what it printed."""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    print(f"```python\n{code.strip()}\n```\n\n```\n{done.stdout.rstrip()}\n```")


def exit_table() -> None:
    """Print what a command leaves with, and when."""
    print("| code | when |\n|---|---|")
    for exit in Exit:
        print(f"| {int(exit)} | {exit.means} |")


def task_table() -> None:
    """Print the commands by task."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    print("| task | command | |\n|---|---|---|")
    for task, names in TASKS.items():
        for at, name in enumerate(names):
            print(f"| {'' if at else task} | `llmcost {name}` | {commands[name].get_short_help_str(200)} |")


def view_table(where: str = "") -> None:
    """Print the shelf of views; `where` is the page that says what their columns are."""
    print("| view | answers | by |\n|---|---|---|")
    shelf = views()
    for name in sorted(shelf, key=("overview", *shelf).index):
        by = ", ".join(f"`{column}`" for column in (*shelf[name].by, *shelf[name].labels))
        print(f"| [`{name}`]({where}#{name}) | {shelf[name].answers} | {by} |")
    print(f"| [`budget`]({where}#budget) | What may be spent, what is, and what will be at the end of the month? | |")


def column_table() -> None:
    """Print the columns that group well."""
    print("| column | what it is |\n|---|---|")
    for name, column in COLUMNS.items():
        print(f"| `{name}` | {column.means} |")


def detector_table(where: str = "docs/") -> None:
    """Print the shelf of detectors, in the order in which they claim savings."""
    print("| detector | what it finds | what to do |\n|---|---|---|")
    for name, detector in detectors().items():
        print(f"| [`{name}`]({where}detectors/{name}.md) | {detector.why} | {detector.advice} |")


def format_table() -> None:
    """Print the shelf of formats."""
    print("| format | what it is |\n|---|---|")
    for name, format in formats().items():
        print(f"| `{name}` | {format.title}: {format.answers} |")
