"""What was sent long ago goes: 30 days after it arrived or was given up; what may still be needed stays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from llmcost.alerts.deliver import deliver
from llmcost.alerts.remembered import messages, silence
from llmcost.alerts.state import Memory
from tests.conftest import Run
from tests.receivers import Receiver
from tests.test_alert_deliveries import AT, at, channels, happen, names
from tests.test_alerts_command import check, spiked

__all__ = ["spiked"]
DAY = 24 * 60


def left(memory: Memory) -> list[tuple[str, str]]:
    """List what is still there: whose message, and what happened."""
    return [(message["name"], message["event"]) for message in messages(memory)]


def deliveries(memory: Memory) -> int:
    return int(memory.rows("select count(*) from deliveries")[0][0])


def test_what_arrived_or_was_given_up_30_days_ago_goes(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    receiver.answers = [(404, {})]
    for event in ("firing", "resolved"):
        happen(memory, to, event, "a", "b")
    deliver(memory, to, AT)
    happen(memory, to, "", minutes=30 * DAY)
    assert (4, 4) == (len(left(memory)), deliveries(memory))

    happen(memory, to, "", minutes=30 * DAY + 5)
    assert ([], 0) == (left(memory), deliveries(memory))


def test_what_arrived_late_stays_for_30_days_from_then(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    for event in ("firing", "resolved"):
        happen(memory, to, event, "a")
    deliver(memory, to, at(3600))
    happen(memory, to, "", minutes=30 * DAY + 5)
    assert 2 == len(left(memory))

    happen(memory, to, "", minutes=30 * DAY + 65)
    assert [] == left(memory)


def test_what_waits_stays_and_so_does_all_that_came_after_it(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    for event in ("firing", "resolved"):
        happen(memory, to, event, "a")
    happen(memory, to, "", minutes=60 * DAY)

    assert [("a", "firing"), ("a", "resolved")] == left(memory)
    assert [2] == [one.sent for one in deliver(memory, to, AT + timedelta(days=60))]


def test_of_what_still_fires_the_last_message_stays_and_is_pushed_again(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"alertmanager: '{receiver.url}'")
    for event in ("firing", "reminder"):
        happen(memory, to, event, "a")
        deliver(memory, to, AT)
    happen(memory, to, "", minutes=60 * DAY, beside="a")
    assert [("a", "reminder")] == left(memory)

    deliver(memory, to, AT + timedelta(days=60))
    assert ("a", "2026-05-01T12:15:00Z") == (
        receiver.heard[-1].body[0]["labels"]["name"],
        receiver.heard[-1].body[0]["endsAt"],
    )


def test_who_keeps_an_incident_of_an_old_alert_hears_of_its_end(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"alertmanager: '{receiver.url}'")
    happen(memory, to, "firing", "a")
    deliver(memory, to, AT)
    # nothing is remembered of it from this check on
    happen(memory, to, "", minutes=60 * DAY)

    assert [1] == [one.sent for one in deliver(memory, to, AT + timedelta(days=60))]
    happen(memory, to, "", minutes=120 * DAY)
    assert ([], 0) == (left(memory), deliveries(memory))
    assert [0] == [one.sent for one in deliver(memory, to, AT + timedelta(days=120))]


def test_what_was_silenced_goes_30_days_after_it_happened(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    silence(memory, "spike", AT + timedelta(days=90))
    happen(memory, to, "firing", "a")
    happen(memory, to, "firing", "b", minutes=5)
    happen(memory, to, "", minutes=30 * DAY + 5)

    assert [("b", "firing")] == left(memory)
    assert [] == names(receiver)


def test_a_check_of_a_time_that_was_judged_makes_no_message_again(spiked: Path, llmcost: Run) -> None:
    assert 1 == len(json.loads(check(llmcost, 62, "--json")[1])["messages"])
    for day in (30, 31, 32):
        check(llmcost, day * DAY)
    with Memory(spiked / "llmcost.duckdb.alerts.sqlite") as memory:
        assert [] == left(memory)

    assert [] == json.loads(check(llmcost, 62, "--json")[1])["messages"]
