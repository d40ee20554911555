"""What a check, or a watch, calls when its messages are sent and the store is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from llmcost.alerts.rules import THROTTLE, AlertSettings
from llmcost.alerts.state import Memory
from llmcost.errors import UsageError
from llmcost.throttle.act import Run, named, release, throttle
from llmcost.throttle.register import BY_HAND, Register
from llmcost.throttle.settings import ThrottleSettings
from llmcost.throttle.spent import Looked
from llmcost.throttle.turn import turn

BUSY = "another run of llmcost is at it just now"


def enforce(
    path: Path, settings: ThrottleSettings, alerts: AlertSettings, looked: Looked, now: datetime, *, may_act: bool
) -> list[str]:
    """Throttle and release what is due, and give what is to be said. `now` is UTC, `path` the file of alerts.

    Only the time that it is may act: who asks about another gets to know what would be done.
    """
    with Memory(path) as memory:
        register = Register(memory)
        if not any(rule.then == THROTTLE for rule in alerts.rules) and not register.held():
            return []
        with turn(path) as is_ours:
            run = Run(register, settings, now, alerts.zone)
            return throttle(run, looked, may_act=may_act) if is_ours else [BUSY]


@contextmanager
def releasing(path: Path, settings: ThrottleSettings, alerts: AlertSettings, now: datetime) -> Iterator[Run]:
    """Give a run in which nobody else changes throttles. Raises UsageError where somebody does."""
    with Memory(path) as memory, turn(path) as is_ours:
        if not is_ours:
            raise UsageError(BUSY, hint="try again in a moment")
        yield Run(Register(memory), settings, now, alerts.zone)


def release_by_hand(run: Run, name: str | None) -> tuple[int, int]:
    """Release what is throttled of a key, or all; give how many that were, and how many are left."""
    found = list(named(run.register, name)) if name is not None else run.register.held()
    release(run, found, BY_HAND)
    left = {row.hash for row in run.register.held()} & {one.hash for one in found}
    return len(found), len(left)
