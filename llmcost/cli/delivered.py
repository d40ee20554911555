"""What is said of messages that were sent to channels, or were not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from llmcost.alerts.deliver import Delivered, deliver
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory
from llmcost.cli.notes import note
from llmcost.counts import agreeing, counted


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
