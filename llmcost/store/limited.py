"""A limit of time for queries that nobody here has written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

# a query that ends just then is followed by another, so it is said again
AGAIN = 0.05


@contextmanager
def limited(interrupt: Callable[[], None], seconds: float) -> Iterator[None]:
    """Interrupt what a connection runs in the block once it takes longer than that; 0, or for ever, is not a limit.

    Raises TimeoutError.
    """
    if not 0 < seconds < threading.TIMEOUT_MAX:
        yield
        return
    is_done, is_late = threading.Event(), threading.Event()

    def watch() -> None:
        if not is_done.wait(seconds):
            is_late.set()
            interrupt()
            while not is_done.wait(AGAIN):
                interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except (KeyboardInterrupt, duckdb.InterruptException):
        if is_late.is_set():
            raise TimeoutError from None
        raise
    finally:
        is_done.set()
        watcher.join()
