"""One check: every slot since the last one is judged, and what came of it is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from llmcost.alerts.addressing import address
from llmcost.alerts.judge import Judged, Judging, judge, watched_by
from llmcost.alerts.observe import HISTORY_SLOTS, SLOTS_A_DAY, SLOTS_AN_HOUR
from llmcost.alerts.own import judge_own, merged
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.slots import History, Watched, read_history, slot_of
from llmcost.alerts.state import Memory
from llmcost.report.budget import Budget
from llmcost.store import Priced, Store

# what was whole longer ago begins no alert: it is late, or was written long after
FRESH = timedelta(hours=1)
ReadHistory = Callable[[Priced, Iterable[Watched], int, int], History]


@dataclass(frozen=True)
class Evaluated:
    """What a check found: where alerts are, the messages that are new, and the last slot that was ever judged."""

    judged: Judged
    messages: list[dict[str, Any]]
    last: int


def last_whole_slot(now: datetime, settings: AlertSettings) -> int:
    """Number the last slot that has ended, and whose rows are written by now."""
    return slot_of(now - timedelta(seconds=settings.evaluation_delay)) - 1


def evaluate(
    store: Store,
    priced: Priced,
    settings: AlertSettings,
    budgets: tuple[Budget, ...],
    memory: Memory,
    now: datetime,
    read: ReadHistory = read_history,
) -> Evaluated:
    """Judge what has ended since the last check, a day at most. `now` is UTC. Two checks at once take turns.

    `read` reads the slots: who checks again and again keeps those in which nothing was written.
    """
    with memory.transaction():
        last, judged_last = last_whole_slot(now, settings), memory.last_judged()
        since = last - SLOTS_AN_HOUR if judged_last is None else max(judged_last, last - SLOTS_A_DAY)
        first = min(since + 1, last)
        history = read(priced, watched_by(settings.rules), first - HISTORY_SLOTS, last)
        fresh = now - timedelta(seconds=settings.evaluation_delay) - FRESH
        how = Judging(since + 1, last, fresh, settings.zone, budgets, memory.acknowledged())
        states = memory.states()
        judged = merged(
            judge(history, settings.rules, states, how), judge_own(store, priced, settings.rules, states, how)
        )
        messages = memory.keep(judged, max(last, since), now)
        address(memory, messages, settings.channels)
    return Evaluated(judged, messages, max(last, since))
