"""What README.md and docs are written with: outputs and tables come from the program, `make check` compares them."""

from __future__ import annotations

import ast
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from llmcost.alerts.metric import metrics
from llmcost.cli.app import TASKS
from llmcost.columns import COLUMNS
from llmcost.detect import detectors
from llmcost.detect.detector import CONTRACT
from llmcost.detect.query import queries
from llmcost.detect.run import READ, SINGLE
from llmcost.errors import Exit
from llmcost.ingest.format import KINDS, REQUIRED_COLUMNS
from llmcost.report.view import View, views
from llmcost.store.detection_rules import MADE

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


def prepare(folder: str, *commands: str) -> None:
    """Run commands in a folder and print nothing."""
    with redirect_stdout(io.StringIO()):
        tour(folder, *commands)


def comment(folder: str, command: str) -> None:
    """Print what a command writes for a pull request as it is seen there before its details are opened."""
    done = subprocess.run(shlex.split(command), cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, GATE):
        raise RuntimeError(done.stderr)
    lines = done.stdout.partition("<details>")[0].splitlines()
    print("\n".join(f"> {line}".rstrip() for line in lines if not line.startswith("<!--")))


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
    print("| task | command | |\n|---|---|---|")
    for task, places in TASKS.items():
        for at, (name, place) in enumerate(places.items()):
            print(f"| {'' if at else task} | `llmcost {name}` | {place.line} |")


def view_table(where: str = "") -> None:
    """Print the shelf of views; `where` is the page that says what their columns are."""
    print("| view | answers | by |\n|---|---|---|")
    for name, view in in_order().items():
        by = ", ".join(f"`{column}`" for column in (*view.by, *view.labels))
        print(f"| [`{name}`]({where}#{name}) | {view.answers} | {by} |")
    print(f"| [`budget`]({where}#budget) | What may be spent, what is, and what will be at the end of the month? | |")
    print(f"| [`requests`]({where}#requests) | Which single requests cost most, took longest, were largest? | |")


def view_chapters() -> None:
    """Print a chapter a view, as its header says it."""
    for name, view in in_order().items():
        by = " and ".join(filter(None, [", ".join(f"`{column}`" for column in view.by), always(view)]))
        print(f"## {name}\n\n{view.answers}{f' By {by}.' if by else ''}\n\n{view.notes.strip()}\n")


def always(view: View) -> str:
    """Name what a view tells apart whatever it is grouped by."""
    return f"always {', '.join(f'`{column}`' for column in view.labels)}" if view.labels else ""


def in_order() -> dict[str, View]:
    """Read the shelf of views, the overview first."""
    shelf = views()
    return {name: shelf[name] for name in sorted(shelf, key=("overview", *shelf).index)}


def column_table() -> None:
    """Print the columns that group well."""
    print("| column | what it is |\n|---|---|")
    for name, column in COLUMNS.items():
        print(f"| `{name}` | {column.means} |")


def detector_table(where: str) -> None:
    """Print the shelf of detectors, in the order in which they claim savings."""
    print("| detector | what it finds | what to do |\n|---|---|---|")
    for name, detector in detectors().items():
        print(f"| [`{name}`]({where}detectors/{name}.md) | {detector.why} | {detector.advice} |")


def detector_page(name: str) -> None:
    """Print what the header of a detector says: why, what to do, its settings, what logs it needs."""
    detector = detectors()[name]
    print(f"{detector.why}\n\n**What to do**: {detector.advice}\n")
    print("| setting | default | what it is |\n|---|---|---|")
    for setting, meaning in meanings(name).items():
        print(f"| `{setting}` | {detector.params[setting]} | {meaning} |")
    print("\nLogs that it cannot run on have " + "; or ".join(need["says"] for need in detector.needs) + ".")


def meanings(name: str) -> dict[str, str]:
    """Read the comments beside the settings in the header of a detector."""
    header = detectors()[name].query.partition("*/")[0]
    return {
        setting: (re.search(rf"^ +{setting}: [^#\n]+# (.+)$", header, re.MULTILINE) or ["", ""])[1]
        for setting in detectors()[name].params
    }


def metric_table() -> None:
    """Print what rules of alerts can watch."""
    print("| metric | of each slot | unit |\n|---|---|---|")
    for name, metric in metrics().items():
        print(f"| `{name}` | {metric.answers} | {metric.unit} |")


def detector_columns() -> None:
    """Print the columns that a detector's query must give."""
    print(", ".join(f"`{name}`" for name in CONTRACT))


def format_columns() -> None:
    """Print the columns that a format's query must give."""
    print(", ".join(f"`{name}`" for name in REQUIRED_COLUMNS) + "; `passed_over` where its header has `passes_over`")


def kind_table() -> None:
    """Print what a format may read."""
    print("| kind | what it takes, and what the query makes of it |\n|---|---|")
    for kind, meaning in KINDS.items():
        print(f"| `{kind}` | {meaning} |")


def input_table() -> None:
    """Print the tables that `inputs` may name: those of docs/sql.md that some header does, and those of detectors."""
    named = {name for query in (*views().values(), *detectors().values()) for name in query.inputs}
    print("| table | what it answers, or what a row is | for |\n|---|---|---|")
    for name, meaning in tables_of_sql().items():
        if name in named:
            print(f"| `{name}` | {meaning.partition('. ')[0]} | views, detectors |")
    for name in (SINGLE, *READ):
        print(f"| `{name}` | {queries()[name].answers} | detectors |")
    for name, meaning in MADE.items():
        print(f"| `{name}` | {meaning} | detectors |")


def tables_of_sql() -> dict[str, str]:
    """Read what a row of each table is from the page about SQL, where tables may share a line."""
    page = (
        (ROOT / "docs" / "sql.md").read_text(encoding="utf-8").partition("## What there is\n")[2].partition("\n## ")[0]
    )
    found: dict[str, str] = {}
    for names, meaning in re.findall(r"^\| (`.+?`) \| (.+) \|$", page, re.MULTILINE):
        tables, clauses = re.findall(r"`(\w+)`", names), meaning.rstrip(".").split("; ")
        each = clauses if len(clauses) == len(tables) else [meaning] * len(tables)
        found |= {name: clause[:1].upper() + clause[1:] for name, clause in zip(tables, each, strict=True)}
    return found


def detector_links() -> None:
    """Print a line of links to the rules of all detectors."""
    print(",\n".join(f"[{name}](detectors/{name}.md)" for name in detectors()) + ";")


def room_diagram() -> None:
    """Print the rooms of the package and who imports whom; an arrow that others imply is left out."""
    package = ROOT / "llmcost"
    needs: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        room = file.relative_to(package).parts[0].removesuffix(".py")
        found = {name.split(".")[1] for name in imported(file) if name.startswith("llmcost.")}
        needs.setdefault(room, set()).update(found - {room})
    rooms = {name: needs[name] for name in needs if not name.startswith("__")}
    print("```mermaid\nflowchart TD")
    for room in sorted(rooms):
        implied = {deep for near in rooms[room] for deep in below(near, rooms)}
        for other in sorted(rooms[room] - implied):
            print(f"    {room} --> {other}")
    print("```")


def imported(file: Path) -> list[str]:
    """List the modules that a file imports from, whenever it does."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]


def below(room: str, rooms: dict[str, set[str]]) -> set[str]:
    """List what a room needs, and what that needs."""
    return rooms[room] | {deep for near in rooms[room] for deep in below(near, rooms)}


PAGE = """\
# {name}: {title}

<!-- [[[cog
from tests.readme import detector_page
detector_page("{name}")
]]] -->
<!-- [[[end]]] -->

The rule itself is its query: `llmcost detect {name} --sql`, or
[{name}.sql](../../llmcost/detect/detectors/{name}.sql).
"""


def main() -> None:
    """Begin a page for each detector that has none; cog fills it in."""
    for name, detector in detectors().items():
        page = ROOT / "docs" / "detectors" / f"{name}.md"
        if not page.exists():
            page.write_text(PAGE.format(name=name, title=detector.title.lower()), encoding="utf-8")


if __name__ == "__main__":
    main()
