"""Messages that wait to be sent: taken in order, sent once, tried again later; and what is written is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from llmcost.alerts.judge import Alert, Event, Judged, Reading
from llmcost.alerts.machine import FIRING, State
from llmcost.alerts.outbox import mark_failed, mark_sent, unsent
from llmcost.alerts.remembered import silence
from llmcost.alerts.rules import Rule
from llmcost.alerts.state import Memory

AT = datetime(2026, 3, 2, 12)
NOW = 1_000_000.0


def judged(*names: str) -> Judged:
    """Alerts that begin to fire."""
    found, rule = Judged(), Rule("spike", by="key", over=5)
    for name in names:
        alert, reading = Alert("spike", "key", name), Reading(AT, 9, 5, 1, 9, 9)
        found.states[alert], found.readings[alert] = State(FIRING, AT, AT, AT, 9), reading
        found.events.append(Event(alert, rule, "firing", AT, reading))
    return found


def waiting(memory: Memory, now: float = NOW) -> list[str]:
    return [one.message["name"] for one in unsent(memory, now)]


def test_a_message_is_sent_once_and_the_same_happening_is_the_same_message(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        for _ in range(2):
            with memory.transaction():
                memory.keep(judged("a", "b"), 1, AT)
        assert ["a", "b"] == waiting(memory)
        mark_sent(memory, unsent(memory, NOW)[0], NOW)
        assert ["b"] == waiting(memory)


def test_what_failed_is_tried_again_after_twice_as_long(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        memory.keep(judged("a"), 1, AT)
        mark_failed(memory, unsent(memory, NOW)[0], NOW)
        assert ([], ["a"]) == (waiting(memory, NOW + 0.5), waiting(memory, NOW + 1))
        mark_failed(memory, unsent(memory, NOW + 1)[0], NOW + 1)
        assert ([], ["a"]) == (waiting(memory, NOW + 2.5), waiting(memory, NOW + 3))
        mark_failed(memory, unsent(memory, NOW + 3)[0], NOW + 3, wait=60)
        assert ([], ["a"]) == (waiting(memory, NOW + 62), waiting(memory, NOW + 63))


def test_what_is_silenced_is_not_sent(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        silence(memory, "spike/key=a", AT.replace(hour=13))
        memory.keep(judged("a", "b"), 1, AT)
        assert ["b"] == waiting(memory)


def test_what_breaks_in_the_middle_leaves_neither_state_nor_message(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        found = judged("a", "b")
        broken = replace(found, events=[*found.events, cast(Event, None)])
        with pytest.raises(AttributeError), memory.transaction():
            memory.keep(broken, 1, AT)
        assert ({}, [], None) == (memory.states(), waiting(memory), memory.last_judged())


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = State(FIRING, AT, AT, AT, 9.5, AT, "", 2, AT.date())
    found = judged("a")
    found.states[Alert("spike", "key", "a")] = state
    with Memory(tmp_path / "state") as memory:
        memory.keep(found, 1, AT)
        assert {Alert("spike", "key", "a"): state} == memory.states()
