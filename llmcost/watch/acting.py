"""What leaves this machine while logs are watched, in a thread of its own, so that nobody out there keeps logs waiting.

Messages go to their channels, and keys that have spent their budget are throttled or released at the gateway.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from llmcost.alerts.deliver import Delivered, deliver
from llmcost.alerts.state import Memory
from llmcost.errors import StoreError
from llmcost.throttle.enforce import enforce
from llmcost.watch.following import Newest
from llmcost.watch.watching import Clock, Settings

EVERY = 5.0
# what is still on its way when watching ends is done again by the next
PATIENCE = 15.0


class Hearing:
    """Who hears what came of it: of a channel, and of the throttle in lines."""

    def delivered(self, one: Delivered) -> None:
        """Hear what came of a channel."""

    def throttled(self, line: str) -> None:
        """Hear what was done to a key, or would be."""


@contextmanager
def acting(path: Path, settings: Settings, clock: Clock, newest: Newest, hearing: Hearing) -> Iterator[None]:
    """Act on what is due every few seconds, and once more at the end; `path` is where alerts are remembered."""
    ending = Event()
    act = Acting(path, settings, clock, newest, hearing)
    thread = Thread(target=act.run, args=(ending,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(PATIENCE)


class Acting:
    """What the thread does."""

    def __init__(self, path: Path, settings: Settings, clock: Clock, newest: Newest, hearing: Hearing) -> None:
        self.path, self.settings, self.clock = path, settings, clock
        self.newest, self.hearing = newest, hearing

    def run(self, ending: Event) -> None:
        """Act until it is to end. What cannot be opened just now is there the next time."""
        is_last = False
        while not is_last:
            is_last = ending.wait(EVERY)
            try:
                self.send()
                self.throttle()
            except StoreError:
                continue

    def send(self) -> None:
        """Send what is due."""
        channels = self.settings.alerts.channels
        if channels and self.path.exists():
            with Memory(self.path) as memory:
                done = deliver(memory, channels, self.clock())
            for one in done:
                self.hearing.delivered(one)

    def throttle(self) -> None:
        """Throttle and release what the last whole slot asks for."""
        looked = self.newest.take_looked()
        if looked is not None:
            alerts, how = self.settings.alerts, self.settings.throttle
            for line in enforce(self.path, how, alerts, looked, self.clock(), may_act=True):
                self.hearing.throttled(line)
