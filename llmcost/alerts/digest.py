"""Many messages as one: its id is made of its members', so that it is the same message whoever repeats it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from llmcost.alerts.channels.channel import SEVERITIES
from llmcost.alerts.channels.message import Message

SHOWN = 10


def digest_id(ids: Sequence[str]) -> str:
    """Make an id of ids."""
    return f"digest/{sha256(chr(10).join(ids).encode()).hexdigest()[:16]}"


def digest_of(id: str, messages: Sequence[Message]) -> Message:
    """Write messages as one, which has them all and says the first."""
    rest = len(messages) - SHOWN
    lines = [f"{len(messages)} messages:", *(f"- {message['text']}" for message in messages[:SHOWN])]
    return {
        "id": id,
        "alert": f"{len(messages)} messages",
        "rule": "",
        "by": "",
        "name": "",
        "event": "digest",
        "severity": max((message["severity"] for message in messages), key=SEVERITIES.index),
        "at": max(message["at"] for message in messages),
        "since": min(message["since"] for message in messages),
        "value": len(messages),
        "limit": None,
        "baseline": None,
        "text": "\n".join([*lines, f"and {rest} more"] if rest > 0 else lines),
        "command": "llmcost alerts list",
        "messages": list(messages),
    }
