"""`llmcost alerts test`, and what a check says of what it sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.channels.message import Message
from llmcost.alerts.deliver import Delivered, deliver
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory
from llmcost.cli.notes import note
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.errors import GateError, UsageError
from llmcost.pricing.nearest import among


def run_test(name: str) -> int:
    """Send one message. Raises GateError where it does not arrive, UsageError where there is no such channel."""
    channel = channel_of(name)
    now = datetime.now(UTC)
    answer = channel.send([test_message(name, now)], now.timestamp())
    if not answer.is_sent:
        raise GateError(f"{name}: not sent: {answer.said}")
    print(f"{name}: sent: {answer.said}")
    return 0


def channel_of(name: str) -> Channel:
    """Find a channel of llmcost.yaml. Raises UsageError."""
    channels = {channel.name: channel for channel in open_configuration().alerts.channels}
    if name not in channels:
        hint = among(name, channels, "there are") if channels else "llmcost.yaml has none: alerts: {notify: [...]}"
        raise UsageError(f"{name}: no such channel", hint=hint)
    return channels[name]


def test_message(name: str, now: datetime) -> Message:
    """Write a message that says that it is a test."""
    at = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": f"test/{name}/{at}",
        **{"alert": "test", "rule": "test", "by": "all", "name": "all"},
        **{"event": "test", "severity": "info", "at": at, "since": at, "value": None, "limit": None, "baseline": None},
        "text": f"this is a test of the channel {name}: alerts of llmcost arrive here",
        "command": "llmcost alerts list",
    }


def send_due(settings: AlertSettings, path: Path, now: datetime) -> None:
    """Send what is due, when the store is no longer held; a channel that fails is only spoken of."""
    if not settings.channels:
        return
    with Memory(path) as memory:
        done = deliver(memory, settings.channels, now)
    for one in done:
        for line in delivery_lines(one):
            note(line)


def delivery_lines(one: Delivered) -> Iterator[str]:
    """Say what came of one channel."""
    if one.sent:
        yield f"{one.channel}: {counted(one.sent, 'message')} sent"
    if one.given_up:
        yield f"{one.channel}: {counted(one.given_up, 'message')} given up: {one.said}"
    if one.wait is not None:
        waits = agreeing(one.waiting, "waits", "wait")
        yield f"{one.channel}: {counted(one.waiting, 'message')} {waits}, {one.wait:,.0f} s at least: {one.said}"
    elif one.waiting:
        yield f"{one.channel}: {counted(one.waiting, 'message')} {agreeing(one.waiting, 'waits', 'wait')}"
    elif one.said and not one.given_up:
        yield f"{one.channel}: the reminder of what fires did not arrive: {one.said}"
