"""A progress bar on stderr: bytes, rows per second, time left. In a pipe there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from llmcost.ingest import Progress


class Bar:
    """Feeds Rich's progress bar with what ingest tells."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._task = bar.add_task("reading", total=None, rate="")
        self._rows = 0
        self._began = time.monotonic()

    def start(self, total_bytes: int) -> None:
        """All files are known."""
        self._bar.update(self._task, total=total_bytes)

    def advance(self, read_bytes: int, rows: int) -> None:
        """A batch is committed."""
        self._rows += rows
        rate = self._rows / max(time.monotonic() - self._began, 1e-3)
        self._bar.update(self._task, advance=read_bytes, rate=f"{rate:,.0f} rows/s")


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Show a bar while the block runs, if stderr is a terminal; it vanishes at the end."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        yield Bar(bar)
