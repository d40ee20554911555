"""What runs until it is ended: SIGTERM, as service managers send it, is a wish and loses nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def ending_by_signal() -> Iterator[Event]:
    """Give an event that SIGTERM sets."""
    ending = Event()
    former = signal.signal(signal.SIGTERM, lambda *_: ending.set())
    try:
        yield ending
    finally:
        signal.signal(signal.SIGTERM, former)
