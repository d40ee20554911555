"""Send messages to their channels beside the watching, so that no receiver keeps logs waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from llmcost.alerts.deliver import Delivered, deliver
from llmcost.alerts.state import Memory
from llmcost.errors import StoreError
from llmcost.watch.watching import Clock, Settings

EVERY = 5.0
# what is still being sent when watching ends is sent again by the next
PATIENCE = 15.0
Say = Callable[[Delivered], None]


@contextmanager
def delivering(path: Path, settings: Settings, clock: Clock, say: Say) -> Iterator[None]:
    """Send what is due every few seconds, and once more at the end; `path` is where alerts are remembered."""
    ending = Event()
    thread = Thread(target=run, args=(path, settings, clock, say, ending), daemon=True)
    if settings.alerts.channels:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        if thread.is_alive():
            thread.join(PATIENCE)


def run(path: Path, settings: Settings, clock: Clock, say: Say, ending: Event) -> None:
    """Send until it is to end."""
    is_last = False
    while not is_last:
        is_last = ending.wait(EVERY)
        for one in delivered(path, settings, clock):
            say(one)


def delivered(path: Path, settings: Settings, clock: Clock) -> list[Delivered]:
    """Send what is due now. What cannot be opened just now is there the next time."""
    if not path.exists():
        return []
    try:
        with Memory(path) as memory:
            return deliver(memory, settings.alerts.channels, clock())
    except StoreError:
        return []
