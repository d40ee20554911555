"""What goes where and when: in order, once, again after a while, many as one, and every end to whom it matters."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from llmcost.alerts.addressing import address
from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.deliver import Delivered, deliver
from llmcost.alerts.deliveries import troubles
from llmcost.alerts.judge import Alert, Event, Judged, Reading
from llmcost.alerts.machine import FIRING, OK, State
from llmcost.alerts.remembered import silence
from llmcost.alerts.rules import Rule
from llmcost.alerts.slots import slot_of
from llmcost.alerts.state import Memory
from llmcost.configuration import read_configuration
from tests.logs import write
from tests.receivers import Receiver, receiving

AT = datetime(2026, 3, 2, 12)
RULE = Rule("spike", by="key", over=5)


def channels(folder: Path, *said: str) -> tuple[Channel, ...]:
    lines = "".join(f"    - {{{one}}}\n" for one in said)
    text = f"alerts:\n  rules: {{spike: {{over: 5}}}}\n  notify:\n{lines}"
    return read_configuration(write(folder / "llmcost.yaml", text)).alerts.channels


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def happen(
    memory: Memory,
    to: tuple[Channel, ...],
    event: str,
    *names: str,
    minutes: int = 0,
    ended: str = "",
    beside: str = "",
) -> None:
    """Let alerts begin, go on or end, as a check would write it; `beside` one goes on of which nothing is told."""
    now, found = AT + timedelta(minutes=minutes), Judged()
    for name in beside:
        alert = Alert("spike", "key", name)
        found.states[alert], found.readings[alert] = State(FIRING, AT, AT, AT, 9), Reading(now, 9, 5, 1, 9, 9)
    for name in names:
        alert, reading = Alert("spike", "key", name), Reading(now, 9, 5, 1, 9, 9)
        is_over = event == "resolved" or bool(ended)
        state = State(OK, now, AT, ended=ended or "resolved") if is_over else State(FIRING, now, AT, now, 9)
        found.states[alert], found.readings[alert] = state, reading
        if event:
            found.events.append(Event(alert, RULE, event, AT, reading))
    with memory.transaction():
        address(memory, memory.keep(found, slot_of(now) - 1, now), to)


def names(receiver: Receiver) -> list[str]:
    return [heard.body["name"] for heard in receiver.heard]


def test_messages_go_once_and_in_order(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    for _ in range(2):
        happen(memory, to, "firing", "b", "a")

    assert [Delivered("webhook", sent=2)] == deliver(memory, to, AT)
    assert [Delivered("webhook")] == deliver(memory, to, at(3600))
    assert ["b", "a"] == names(receiver)


def test_what_failed_is_tried_again_after_twice_as_long_and_nothing_overtakes_it(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a", "b")
    receiver.answer = lambda _: 503
    tries = []
    for second in range(2000):
        before = receiver.asked
        deliver(memory, to, at(second))
        tries += [second] if receiver.asked > before else []

    # 1 s, doubled each time, and from ten minutes on no longer
    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600] == [b - a for a, b in pairwise(tries)]
    assert [("webhook", 1, 0, "answered 503 Service Unavailable")] == [row[:4] for row in troubles(memory, 0)]
    receiver.answer = lambda _: 200
    assert [2] == [one.sent for one in deliver(memory, to, at(3000))]
    assert ["a", "b"] == names(receiver)
    assert [] == troubles(memory, 0)


def test_a_receiver_is_left_alone_for_as_long_as_it_asks(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a")
    receiver.answers = [(429, {"Retry-After": "90"}), (503, {"Retry-After": "Mon, 02 Mar 2026 12:05:00 GMT"})]

    assert [90.0] == [one.wait for one in deliver(memory, to, AT)]
    assert [None] == [one.wait for one in deliver(memory, to, at(89))]
    assert [210.0] == [one.wait for one in deliver(memory, to, at(90))]
    assert [0, 1] == [one.sent for second in (299, 300) for one in deliver(memory, to, at(second))]


def test_what_is_refused_for_good_is_given_up_and_holds_nothing_up(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a", "b")
    receiver.answers = [(404, {})]

    assert [Delivered("webhook", sent=1, given_up=1, said="answered 404 Not Found")] == deliver(memory, to, AT)
    assert [Delivered("webhook")] == deliver(memory, to, at(3600))
    noon = (AT - datetime(1970, 1, 1)).total_seconds()
    assert [("webhook", 0, 1, "answered 404 Not Found")] == [row[:4] for row in troubles(memory, noon + 60)]
    assert [] == troubles(memory, noon + 86_400)


@pytest.mark.parametrize("every", [180, 60])
def test_after_an_outage_of_most_of_a_day_all_arrive_in_their_order_within_minutes(
    tmp_path: Path, memory: Memory, receiver: Receiver, every: int
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    receiver.answer = lambda _: 503
    happened = []
    # a check every five minutes for 22 hours: 8 messages, or 22, which are too many to come one by one
    for minute in range(0, 22 * 60, 5):
        if minute % every == 0:
            happened.append(f"spike/key=a/firing/{AT + timedelta(minutes=minute):%Y%m%dT%H%M}")
            happen(memory, to, "firing", "a", minutes=minute)
        deliver(memory, to, at(minute * 60))
    # every ten minutes, and five times more in the first hour
    assert 22 * 6 + 5 == receiver.asked
    receiver.answer = lambda _: 200

    for minute in range(22 * 60, 22 * 60 + 15, 5):
        deliver(memory, to, at(minute * 60))
    assert happened == receiver.ids


def test_a_digest_that_is_refused_for_good_goes_in_its_parts_of_which_one_may_be_what_spoils_it(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", *"abcdefghijk")
    receiver.answers = [(400, {}), (200, {}), (422, {})]

    assert [Delivered("webhook", waiting=11, said="answered 400 Bad Request", wait=0.0)] == deliver(memory, to, AT)
    assert [(10, 1, 0)] == [(one.sent, one.given_up, one.waiting) for one in deliver(memory, to, at(5))]
    assert [*"acdefghijk"] == names(receiver)


def test_after_a_day_of_tries_a_message_is_given_up(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a")
    receiver.answer = lambda _: 500

    assert [0, 0, 1] == [one.given_up for hour in (0, 23, 24) for one in deliver(memory, to, at(hour * 3600))]


def test_each_channel_has_its_own_way_with_a_message(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    with receiving() as broken:
        broken.answer = lambda _: 503
        to = channels(tmp_path, f"webhook: '{broken.url}', name: broken", f"webhook: '{receiver.url}'")
        happen(memory, to, "firing", "a")
        assert [(0, 1), (1, 0)] == [(one.sent, one.waiting) for one in deliver(memory, to, AT)]


def test_more_than_ten_a_minute_are_one_message_whose_id_is_made_of_them(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", *"abcdefgh")
    deliver(memory, to, AT)
    # two more would be ten
    happen(memory, to, "firing", "i", "j", "k", minutes=1)
    receiver.answers = [(503, {})]
    deliver(memory, to, at(30))
    happen(memory, to, "firing", "l", minutes=2)
    deliver(memory, to, at(31))

    digest = receiver.heard[8].body
    ids = [f"spike/key={name}/firing/20260302T1201" for name in "ijk"]
    assert [*"abcdefgh", "", "l"] == names(receiver)
    assert ("digest", "critical", ids) == (
        digest["event"],
        digest["severity"],
        [one["id"] for one in digest["messages"]],
    )
    # of sha256 of the three ids, a line each
    assert "digest/c9edb09ee89cfa75" == digest["id"] == receiver.heard[8].headers["Idempotency-Key"]
    assert digest["text"].splitlines()[0] == "3 messages:"
    # eight, the digest and one: it waits until the first are a minute old
    happen(memory, to, "firing", "m", minutes=3)
    assert [(0, 1), (1, 0)] == [(one.sent, one.waiting) for s in (32, 60) for one in deliver(memory, to, at(s))]


def test_a_channel_takes_its_rules_and_what_is_severe_enough_and_every_end(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    where = f"webhook: '{receiver.url}'"
    to = channels(tmp_path, f"{where}, name: own, rules: [spike]", f"{where}, name: other, rules: [latency]")
    happen(memory, to, "firing", "a")
    assert [1, 0] == [one.sent for one in deliver(memory, to, AT)]

    to = channels(tmp_path, f"{where}, name: severe, severity: critical", f"{where}, name: all")
    for event in ("warning", "critical", "resolved"):
        happen(memory, to, event, "b", minutes=1)
    assert [2, 3] == [one.sent for one in deliver(memory, to, AT)]


def test_what_is_silenced_goes_nowhere_but_who_keeps_an_incident_hears_of_its_end(
    tmp_path: Path, memory: Memory, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "k")
    to = channels(tmp_path, f"webhook: '{receiver.url}'", f"pagerduty: {{routing_key_env: KEY, url: '{receiver.url}'}}")
    happen(memory, to, "firing", "a")
    assert [1, 1] == [one.sent for one in deliver(memory, to, AT)]
    silence(memory, "spike", AT + timedelta(days=1))
    happen(memory, to, "firing", "a", "b", minutes=5)
    assert [0, 0] == [one.sent for one in deliver(memory, to, at(300))]
    happen(memory, to, "resolved", "a", "b", minutes=60)

    assert [0, 1] == [one.sent for one in deliver(memory, to, at(3600))]
    assert {"routing_key": "k", "dedup_key": "spike/key=a", "event_action": "resolve"} == receiver.heard[-1].body
    happen(memory, to, "", minutes=70)
    assert [0, 0] == [one.sent for one in deliver(memory, to, at(4200))]


@pytest.mark.parametrize(
    ("ended", "says"), [("midnight", "a new day has begun"), ("no data", "nothing is known of it any more")]
)
def test_an_alert_that_ends_silently_leaves_no_incident_open(
    tmp_path: Path, memory: Memory, receiver: Receiver, ended: str, says: str
) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'", f"alertmanager: '{receiver.url}'")
    happen(memory, to, "critical", "a")
    deliver(memory, to, AT)
    happen(memory, to, "", "a", minutes=60, ended=ended)

    assert [0, 1] == [one.sent for one in deliver(memory, to, at(3600))]
    (alert,) = receiver.heard[-1].body
    assert ("2026-03-02T13:00:00Z", f"spike is over: {says}; it began 2026-03-02T12:00:00Z") == (
        alert["endsAt"],
        alert["annotations"]["summary"],
    )


def test_alertmanager_is_told_again_of_what_fires_until_it_is_over(
    tmp_path: Path, memory: Memory, receiver: Receiver
) -> None:
    to = channels(tmp_path, f"alertmanager: '{receiver.url}'")
    happen(memory, to, "firing", "a", "b")
    assert [2] == [one.sent for one in deliver(memory, to, AT)]
    assert [0] == [one.sent for one in deliver(memory, to, at(300))]
    happen(memory, to, "resolved", "a", minutes=10, beside="b")

    deliver(memory, to, at(600))
    said = [[(one["labels"]["name"], one["endsAt"][11:16]) for one in heard.body] for heard in receiver.heard]
    assert [("a", "12:15"), ("b", "12:15")] == said[0]
    assert [("a", "12:20"), ("b", "12:20")] == said[1]
    assert [("a", "12:10"), ("b", "12:25")] == said[2]


def test_two_at_once_send_nothing_twice(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a", "b")
    sent: list[int] = []

    def meanwhile(number: int) -> int:
        # another process, while the receiver thinks
        with Memory(memory.path) as other:
            sent.extend(one.sent for one in deliver(other, to, AT))
        return 200

    receiver.answer = meanwhile
    assert [2] == [one.sent for one in deliver(memory, to, AT)]
    assert ([0, 0], ["a", "b"]) == (sent, names(receiver))


def test_who_dies_after_sending_sends_the_same_again(tmp_path: Path, memory: Memory, receiver: Receiver) -> None:
    to = channels(tmp_path, f"webhook: '{receiver.url}'")
    happen(memory, to, "firing", "a")
    if not (child := os.fork()):
        with Memory(memory.path) as own:
            object.__setattr__(own, "rows", dying(own))
            deliver(own, to, AT)
        os._exit(0)

    assert 9 == os.waitpid(child, 0)[1] >> 8
    # not before a minute is over, since the other may still be at it
    assert [0, 1] == [one.sent for second in (59, 60) for one in deliver(memory, to, at(second))]
    assert ["spike/key=a/firing/20260302T1200"] * 2 == receiver.ids


def dying(memory: Memory) -> Any:
    """Die where a message would be marked as sent."""
    rows = memory.rows

    def run(sql: str, *values: Any) -> Any:
        if "set sent_at" in sql:
            os._exit(9)
        return rows(sql, *values)

    return run
