"""Who looks on: after each look at the logs, reads what is new of the store, judges it, and can give a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from llmcost.alerts.evaluate import evaluate, last_whole_slot
from llmcost.alerts.expected import expecting_now
from llmcost.alerts.history import KeptHistory
from llmcost.alerts.judge import watched_by
from llmcost.alerts.rollup import load, name_of, save
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.slots import slot_of
from llmcost.alerts.state import Memory
from llmcost.pricing import Book
from llmcost.report.budget import Budget
from llmcost.store import Store
from llmcost.throttle.register import Register
from llmcost.throttle.settings import ThrottleSettings
from llmcost.throttle.spent import Looked, look
from llmcost.watch.alert_lines import alert_lines
from llmcost.watch.compose import compose
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.sums import Asked, Sums

# of the database, which writes to disk what has no room
MEMORY = "200MB"
Message = dict[str, Any]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Settings:
    """What is watched, by which rules, budgets and prices, and what is done to a key that has spent its budget."""

    book: Book
    alerts: AlertSettings
    budgets: tuple[Budget, ...] = ()
    where: tuple[str, ...] = ()
    throttle: ThrottleSettings = field(default_factory=ThrottleSettings)

    @property
    def asked(self) -> Asked:
        """Which requests are summed."""
        columns = dict.fromkeys(budget.column for budget in self.budgets if budget.column is not None)
        return Asked(self.where, self.alerts.zone, tuple(columns))


class Watching:
    """What is known so far: `sent` are the messages since somebody last took them, `looked` is who is to be throttled.

    Alerts are remembered in the file `memory`; `clock` tells the time, UTC: the present, if not said otherwise. Who
    makes one closes it, in its thread.
    """

    def __init__(self, settings: Settings, memory: Path, clock: Clock, *, is_present: bool = True) -> None:
        self.settings, self.path, self.clock, self.is_present = settings, memory, clock, is_present
        self.memory: Memory | None = None
        self.sums = Sums(settings.asked)
        self.history = KeptHistory()
        self.judged: int | None = None
        self.sent: list[Message] = []
        self.looked: Looked | None = None
        self.looks = 0

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: object) -> None:
        if self.memory is not None:
            self.memory.__exit__()

    def is_due(self) -> bool:
        """Whether time alone has made something new: another slot has begun, or is whole."""
        now = self.clock()
        return self.sums.last != slot_of(now) or self.judged != last_whole_slot(now, self.settings.alerts)

    def look(self, store: Store) -> None:
        """Read what is new, and judge the slots that are whole; what fails is read from the beginning next time."""
        self.looks += 1
        try:
            self.read(store)
        except BaseException:
            self.sums, self.history = Sums(self.settings.asked), KeptHistory()
            raise

    def read(self, store: Store) -> None:
        """Read and judge."""
        if self.memory is None:
            # not before there is a store to be beside
            self.memory = Memory(self.path)
        store.execute(f"set memory_limit = '{MEMORY}'")
        now, priced = self.clock(), store.price(self.settings.book)
        watched = watched_by(self.settings.alerts.rules)
        of = name_of(priced, watched)
        if self.judged is None:
            with self.memory.transaction():
                self.history, self.sums.written = load(self.memory, of, watched)
        self.history.others |= self.sums.update(priced, now)
        whole = last_whole_slot(now, self.settings.alerts)
        if self.judged != whole:
            if self.is_present:
                self.memory.forget_future(whole)
            alerts = expecting_now(self.settings.alerts, self.settings.budgets, priced, now, self.memory)
            found = evaluate(store, priced, alerts, self.settings.budgets, self.memory, now, self.history.read)
            with self.memory.transaction():
                save(self.memory, of, self.history, self.sums.written)
            self.sent += found.messages
            self.judged = whole
            self.looked = look(priced, self.settings.alerts, self.settings.budgets, self.memory, now)

    def take_sent(self) -> list[Message]:
        """Give the messages that nobody has taken yet."""
        sent, self.sent = self.sent, []
        return sent

    def take_looked(self) -> Looked | None:
        """Give who is to be throttled, where nobody has taken it yet."""
        looked, self.looked = self.looked, None
        return looked

    def snapshot(self) -> Snapshot:
        """Say what is known now."""
        now = self.clock()
        if self.memory is None:
            return compose(self.sums, self.settings.budgets, (), now)
        alerts = alert_lines(self.memory, self.settings.alerts, now)
        throttled = dict.fromkeys(one.key for one in Register(self.memory).held())
        return replace(compose(self.sums, self.settings.budgets, alerts, now), throttled=tuple(throttled))
