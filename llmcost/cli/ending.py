"""What runs until it is ended: SIGTERM, as service managers send it, is a wish and loses nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any


@contextmanager
def ending_by_signal(*others: signal.Signals) -> Iterator[Event]:
    """Give an event that SIGTERM sets, or one of the others; a second Ctrl-C does not wait."""
    ending = Event()

    def end(number: int, _: Any) -> None:
        if ending.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        ending.set()

    former = {number: signal.signal(number, end) for number in (signal.SIGTERM, *others)}
    try:
        yield ending
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
