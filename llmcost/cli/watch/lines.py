"""`llmcost watch` without a terminal: a line a minute, and every alert at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from time import monotonic

from llmcost.alerts.channels.message import Message
from llmcost.alerts.deliver import Delivered
from llmcost.alerts.state import state_path
from llmcost.cli.delivered import delivery_lines
from llmcost.cli.ending import ending_by_signal
from llmcost.cli.notes import note
from llmcost.cli.output import write_text
from llmcost.cli.watch.served import Serve
from llmcost.counts import counted
from llmcost.render.money import dollars
from llmcost.watch.acting import Hearing, acting
from llmcost.watch.following import Newest, Source, Update, start
from llmcost.watch.panels.summary import age
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.watching import Clock, Settings

EVERY = 60.0
TICK = 1.0


def run_lines(source: Source, settings: Settings, clock: Clock, serve: Serve) -> int:
    """Print until it is ended."""
    with ending_by_signal(signal.SIGINT) as ending:
        thread, newest = start(source, settings, clock, ending)
        with serve.during(newest), acting(state_path(source.db), settings, clock, newest, Said()):
            try:
                lines = written(newest, clock)
                while not (ending.is_set() or newest.is_over):
                    write_text([f"{line}\n" for line in next(lines)], None)
            finally:
                ending.set()
                thread.join()
        write_text([f"{line}\n" for line in next(lines)], None)
    return 0


def written(newest: Newest, clock: Clock) -> Iterator[list[str]]:
    """Give what is to be printed, about once a second: often nothing."""
    snapshot, due, known, waiting = None, 0.0, set[tuple[str, str]](), ""
    while True:
        update = newest.take(TICK) or Update(waiting=waiting)
        lines = [describe(message) for message in update.messages]
        say_new(update, known, waiting)
        known.update(update.skipped)
        snapshot, waiting = update.snapshot or snapshot, update.waiting
        if snapshot is not None and monotonic() >= due:
            lines.append(line(replace(snapshot, taken_at=clock())))
            due = monotonic() + EVERY
        yield lines


def describe(message: Message) -> str:
    """Write a message in one line, with the name that `alerts silence` and `ack` know it by."""
    return f"{message['event']}: {message['alert']}: {message['text']}"


def say_new(update: Update, known: set[tuple[str, str]], waiting: str) -> None:
    """Say beside the lines what is waited for, and which files cannot be read, once each."""
    if update.waiting and not waiting:
        note(f"waiting: {update.waiting}")
    elif waiting and not update.waiting:
        note("resumed")
    for path, reason in update.skipped:
        if (path, reason) not in known:
            note(f"not read: {path}: {reason}")


class Said(Hearing):
    """Says what came of channels and throttles; what goes on is said once, not every few seconds."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def delivered(self, one: Delivered) -> None:
        """Say what came of a channel."""
        for text in delivery_lines(one):
            self.say(text, is_new=bool(one.sent))

    def throttled(self, line: str) -> None:
        """Say what was done to a key, or would be."""
        self.say(f"throttle: {line}")

    def say(self, text: str, *, is_new: bool = False) -> None:
        """Say it, where that is new."""
        if is_new or text not in self.said:
            note(text)
        self.said.add(text)


def line(snapshot: Snapshot) -> str:
    """Write a snapshot in one line."""
    total, local = snapshot.total, snapshot.taken_at.replace(tzinfo=UTC).astimezone(snapshot.zone)
    usual = "" if snapshot.usual_hour_usd is None else f" (usual {dollars(snapshot.usual_hour_usd)})"
    data = "no data yet" if snapshot.age_s is None else f"data {age(snapshot.age_s)} old"
    parts = (
        f"{local:%Y-%m-%d %H:%M:%S %Z}",
        f"hour {dollars(total.hour_usd)}{usual}",
        f"today {dollars(total.today_usd)}",
        counted(total.hour_requests, "request"),
        counted(total.hour_errors, "error"),
        f"{counted(len(snapshot.firing), 'alert')} firing",
        data,
    )
    return "; ".join(parts)
