"""`llmcost demo`: write an invented month of gateway logs to try everything on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from llmcost.demo import DAYS, write_month, write_truth
from llmcost.errors import UsageError, unwritable
from llmcost.export.folder import staged, uninterrupted
from llmcost.render.money import dollars

NEXT = """\
{requests:,} requests of an invented October, about {spend} in list prices: {logs}
what in it is waste, request by request: {truth}

try next:
  llmcost report {logs} --by key,model
  llmcost ingest {logs} --db demo.duckdb
  llmcost savings --db demo.duckdb
  llmcost detect retries --db demo.duckdb"""
SPEND_USD = 47_000  # at scale 1, see llmcost.demo


def run_demo(folder: Path, scale: Decimal = Decimal(1), *, seed: int = 7, force: bool = False) -> int:
    """Write the logs to FOLDER/logs and the truth beside them, and say what to try.

    Raises UsageError where the folder is in use, or cannot be written.
    """
    if not (scale.is_finite() and 0 < scale <= 1):
        raise UsageError(f"--scale {scale}: more than 0 and at most 1")
    logs, truth = folder / "logs", folder / "truth.csv"
    try:
        if folder.exists() and (not folder.is_dir() or (not force and any(folder.iterdir()))):
            raise UsageError(f"{folder}: not empty", hint="another folder, or --force to write into it")
    except OSError as error:
        raise unwritable(folder, error) from error
    with staged(folder) as part, day_bar() as on_day:
        (part / logs.name).mkdir()
        month = write_month(part / logs.name, scale, seed, on_day)
        write_truth(part / truth.name, month.planted)
        put(part, folder)
    print(NEXT.format(requests=month.requests, spend=dollars(SPEND_USD * scale, 0), logs=logs, truth=truth))
    return 0


def put(part: Path, folder: Path) -> None:
    """Put what was prepared in its place, over files of the same names."""
    with uninterrupted():
        for file in sorted(path for path in part.rglob("*") if path.is_file()):
            target = folder / file.relative_to(part)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)


@contextmanager
def day_bar() -> Iterator[Callable[[], None]]:
    """Show a bar of days while the block runs, if stderr is a terminal; it vanishes at the end."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("inventing days", total=len(DAYS))
        yield lambda: shown.advance(task)
