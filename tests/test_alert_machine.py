"""The state of an alert from slot to slot, apart from all rules."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from llmcost.alerts.machine import SLOT, Seen, State, step, step_budget

START = datetime(2026, 3, 2, 12)
QUARTER = timedelta(minutes=15)


def told(values: Iterable[float | None], hold: timedelta = timedelta(0), *, is_drop: bool = False) -> list[str]:
    """Step through values of slots under a limit of 100, and give what is told: the slot's number and the word."""
    state, said = State(), []
    for number, value in enumerate(values):
        state, event = step(state, Seen(START + number * SLOT, value, 100, is_drop), hold)
        said += [f"{number} {event}"] if event else []
    return said


@pytest.mark.parametrize(
    ("values", "hold", "said"),
    [
        # held for 15 minutes: three slots after the first
        ([120, 120, 120, 120], QUARTER, ["3 firing"]),
        ([120, 120, 90, 120, 120, 120, 120], QUARTER, ["6 firing"]),
        # the limit itself is not over it
        ([100, 100], timedelta(0), []),
        # 15 minutes below 80
        ([120, 79, 79, 79, 79], timedelta(0), ["0 firing", "4 resolved"]),
        ([120, 80, 80, 80, 80, 80], timedelta(0), ["0 firing"]),
        # between its levels it fires again, and says nothing
        ([120, 79, 79, 85, 79, 79, 79, 79], timedelta(0), ["0 firing", "7 resolved"]),
        # what is not known counts neither for firing nor for clearing
        ([120, None, None, None, 120, 120, 120], QUARTER, ["6 firing"]),
        ([120, 79, None, None, None, 79, 79, 79], timedelta(0), ["0 firing", "7 resolved"]),
        # reminders every four hours, 48 slots
        ([120] * 100, timedelta(0), ["0 firing", "48 reminder", "96 reminder"]),
        # after a day of nothing it is over, and nobody is told
        ([120, *[None] * 290, 90], timedelta(0), ["0 firing"]),
        ([120, *[None] * 290, 120], timedelta(0), ["0 firing", "291 firing"]),
    ],
)
def test_what_is_told_of_values(values: list[float | None], hold: timedelta, said: list[str]) -> None:
    assert said == told(values, hold)


def test_a_drop_is_over_when_it_is_well_above() -> None:
    # the clear level is 100 / 0.8
    assert ["0 firing", "5 resolved"] == told([90, 120, 126, 126, 126, 126], is_drop=True)


def test_a_value_that_hovers_for_a_day_is_one_message_and_its_reminders() -> None:
    chance, value, values = random.Random(3), 0.0, []
    for _ in range(288):
        value = 0.92 * value + chance.gauss(0, 0.03)
        values.append(100 * (1 + value))

    assert ["firing"] == [line.split()[1] for line in told(values) if "reminder" not in line]
    assert sum(b > 100 >= a for a, b in pairwise(values)) > 10


def test_what_is_too_old_begins_nothing_until_it_still_holds() -> None:
    state, event = step(State(), Seen(START, 120, 100, is_fresh=False), timedelta(0))
    assert ("pending", None) == (state.state, event)

    state, event = step(state, Seen(START + SLOT, 120, 100), timedelta(0))
    assert ("firing", START, "firing") == (state.state, state.began, event)


def test_who_knows_of_an_alert_is_not_reminded() -> None:
    state, _ = step(State(), Seen(START, 120, 100), timedelta(0))
    later = Seen(START + timedelta(hours=5), 120, 100)

    assert "reminder" == step(state, later, timedelta(0))[1]
    assert step(state, later, timedelta(0), is_acknowledged=True)[1] is None


def test_a_budget_that_gets_less_does_not_warn_again() -> None:
    state, said = State(), []
    for number, value in enumerate([80, 70, 85, 100, 90, 120]):
        state, event = step_budget(state, Seen(START + number * SLOT, value, 100), 0.8, START.date())
        said += [event] if event else []

    assert ["warning", "critical"] == said
    state, event = step_budget(state, Seen(START, 5, 100), 0.8, START.date() + timedelta(days=1))
    assert ("ok", "midnight", None) == (state.state, state.ended, event)
