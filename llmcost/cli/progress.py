"""A progress bar on stderr: bytes, rows per second, time left. In a pipe there is none."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from llmcost.ingest import Progress
    from llmcost.store import Store


class Bar:
    """Feeds Rich's progress bar with what ingest reports, and between two batches with what DuckDB reports."""

    def __init__(self, bar: RichProgress, store: Store) -> None:
        self._bar = bar
        self._store = store
        self._task = bar.add_task("reading", total=None, rate="")
        self._began = time.monotonic()
        self._rows = self._read = self._batch = 0

    def start(self, total_bytes: int) -> None:
        """All files are known."""
        self._bar.update(self._task, total=total_bytes)

    def begin(self, batch_bytes: int) -> None:
        """A batch is about to be read."""
        self._batch = batch_bytes

    def advance(self, read_bytes: int, rows: int) -> None:
        """A batch is committed."""
        self._read, self._batch, self._rows = self._read + read_bytes, 0, self._rows + rows
        rate = self._rows / max(time.monotonic() - self._began, 1e-3)
        self._bar.update(self._task, completed=self._read, rate=f"{rate:,.0f} rows/s")

    def watch(self, done: threading.Event) -> None:
        """Move the bar while a batch is read, until it is done."""
        while not done.wait(0.1):
            self._bar.update(self._task, completed=self._read + int(self._batch * self._store.share_done()))


@contextmanager
def progress_bar(store: Store) -> Iterator[Progress | None]:
    """Show a bar while the block runs, if stderr is a terminal; it vanishes at the end."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[rate]}"))
    done = threading.Event()
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as shown:
        bar = Bar(shown, store)
        watcher = threading.Thread(target=bar.watch, args=(done,))
        watcher.start()
        try:
            yield bar
        finally:
            done.set()
            watcher.join()


@contextmanager
def step_line() -> Iterator[Callable[[str], None]]:
    """Say on stderr which step is running and for how long, if it is a terminal; the line vanishes at the end."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda name: shown.update(task, description=name)
