"""What is remembered: the same happening is one message, and what is written is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from llmcost.alerts.judge import Alert, Event, Judged, Reading
from llmcost.alerts.machine import FIRING, State
from llmcost.alerts.message import percent
from llmcost.alerts.remembered import messages
from llmcost.alerts.rules import Rule
from llmcost.alerts.state import Memory

AT = datetime(2026, 3, 2, 12)


def judged(*names: str) -> Judged:
    """Alerts that begin to fire."""
    found, rule = Judged(), Rule("spike", by="key", over=5)
    for name in names:
        alert, reading = Alert("spike", "key", name), Reading(AT, 9, 5, 1, 9, 9)
        found.states[alert], found.readings[alert] = State(FIRING, AT, AT, AT, 9), reading
        found.events.append(Event(alert, rule, "firing", AT, reading))
    return found


def written(memory: Memory) -> list[str]:
    return [message["name"] for message in messages(memory)]


def test_the_same_happening_is_the_same_message(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        for _ in range(2):
            with memory.transaction():
                memory.keep(judged("a", "b"), 1, AT)
        assert ["a", "b"] == written(memory)


def test_what_breaks_in_the_middle_leaves_neither_state_nor_message(tmp_path: Path) -> None:
    with Memory(tmp_path / "state") as memory:
        found = judged("a", "b")
        broken = replace(found, events=[*found.events, cast(Event, None)])
        with pytest.raises(AttributeError), memory.transaction():
            memory.keep(broken, 1, AT)
        assert ({}, [], None) == (memory.states(), written(memory), memory.last_judged())


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = State(FIRING, AT, AT, AT, 9.5, AT, "", 2, AT.date())
    found = judged("a")
    found.states[Alert("spike", "key", "a")] = state
    with Memory(tmp_path / "state") as memory:
        memory.keep(found, 1, AT)
        assert {Alert("spike", "key", "a"): state} == memory.states()


@pytest.mark.parametrize(("share", "written"), [(0.0257, "2.57 %"), (0.8, "80 %"), (1.0, "100 %"), (20.91, "2,091 %")])
def test_a_share_is_written_as_people_do(share: float, written: str) -> None:
    assert written == percent(share)
