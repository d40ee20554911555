"""`llmcost watch` on a terminal: a screen that keys move about in."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from llmcost.alerts.state import state_path
from llmcost.cli.ending import ending_by_signal
from llmcost.cli.notes import note
from llmcost.cli.output import screen
from llmcost.cli.watch.lines import describe
from llmcost.cli.watch.served import Serve
from llmcost.watch.acting import Hearing, acting
from llmcost.watch.following import Newest, Source, Update, start
from llmcost.watch.frame import frame
from llmcost.watch.reach import within
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.terminal import keys_within, single_keys
from llmcost.watch.view import View, pressed
from llmcost.watch.watching import Clock, Settings

TICK = 0.5
# so long a new message stands on top
SEEN = 30.0
PATIENCE = 1.0


def run_live(source: Source, settings: Settings, clock: Clock, serve: Serve) -> int:
    """Show until it is left; the terminal is as it was before, whatever ends it."""
    color = screen(None).color
    console = Console(color_system="auto" if color else None, highlight=False)
    with ending_by_signal(signal.SIGINT) as ending:
        thread, newest = start(source, settings, clock, ending)
        # a screen has no room for what came of channels and throttles: `alerts list` and `throttle log` say it
        with serve.during(newest), acting(state_path(source.db), settings, clock, newest, Hearing()):
            try:
                with single_keys(sys.stdin.fileno()), Live(console=console, screen=True, auto_refresh=False) as live:
                    shown = Screen(live, newest, clock)
                    if serve.place:
                        shown.say(f"page: {serve.place}")
                    shown.run(ending)
            finally:
                ending.set()
                thread.join(PATIENCE)
                if thread.is_alive():
                    note("ending after what is being read; Ctrl-C does not wait")
                    thread.join()
        newest.take()
    return 0


@dataclass
class Screen:
    """What is on the screen: drawn again when something on it has changed."""

    live: Live
    newest: Newest
    clock: Clock
    view: View = field(default_factory=View)
    snapshot: Snapshot | None = None
    waiting: str = ""
    message: str = ""
    until: float = 0.0
    drawn: Any = field(default=None, repr=False)

    def run(self, ending: Event) -> None:
        """Draw and hear keys until it is left."""
        while not (self.view.is_over or ending.is_set() or self.newest.is_over):
            self.draw()
            keys = keys_within(sys.stdin.fileno(), TICK)
            if keys is None:
                return
            for key in keys:
                self.press(key)
            if not self.view.is_paused:
                self.take(self.newest.take())

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        self.view = pressed(self.view, key)
        if self.snapshot is not None:
            size = self.live.console.size
            self.view = within(self.snapshot, self.view, size.width, size.height)

    def take(self, update: Update | None) -> None:
        """Take over what is new."""
        if update is None:
            return
        self.snapshot, self.waiting = update.snapshot or self.snapshot, update.waiting
        if update.skipped:
            self.say(f"not read: {': '.join(update.skipped[-1])}")
        if update.messages:
            self.say(describe(update.messages[-1]))

    def say(self, text: str) -> None:
        """Let a text stand on top for a while."""
        self.message, self.until = text, monotonic() + SEEN

    def draw(self) -> None:
        """Draw, where that makes another picture."""
        notice = f"waiting: {self.waiting}" if self.waiting else self.message if monotonic() < self.until else ""
        snapshot = None if self.snapshot is None else replace(self.snapshot, taken_at=self.clock())
        age = None if snapshot is None else snapshot.age_s
        size = self.live.console.size
        picture = (self.snapshot, age, self.view, notice, size)
        if picture == self.drawn:
            return
        self.drawn = picture
        shown = (
            Text(f" reading ... {notice}")
            if snapshot is None
            else frame(snapshot, self.view, size.width, size.height, notice)
        )
        self.live.update(shown, refresh=True)
