"""`llmcost alerts test`, and what a check says of what it sent."""

from __future__ import annotations

from datetime import UTC, datetime

from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.channels.message import Message
from llmcost.configuration import open_configuration
from llmcost.errors import GateError, UsageError
from llmcost.pricing.nearest import among


def run_test(name: str) -> int:
    """Send one message. Raises GateError where it does not arrive, UsageError where there is no such channel."""
    channel = channel_of(name)
    now = datetime.now(UTC)
    answer = channel.send([trial_message(name, now)], now.timestamp())
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


def trial_message(name: str, now: datetime) -> Message:
    """Write a message that says that it is a test."""
    at = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": f"test/{name}/{at}",
        **{"alert": "test", "rule": "test", "by": "all", "name": "all"},
        **{"event": "test", "severity": "info", "at": at, "since": at, "value": None, "limit": None, "baseline": None},
        "text": f"this is a test of the channel {name}: alerts of llmcost arrive here",
        "command": "llmcost alerts list",
    }
