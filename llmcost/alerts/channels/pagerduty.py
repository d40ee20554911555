"""PagerDuty, Events API v2: an alert opens an incident, and its end closes it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import RESOLVED, Message
from llmcost.alerts.channels.source import Source, address_of, keys, needed, secret_of
from llmcost.pricing.loader import Node

PAGERDUTY = "https://events.pagerduty.com"
PATH = "/v2/enqueue"
# characters that the API takes
LONGEST_KEY, LONGEST_SUMMARY = 255, 1024
SHOWN = ("value", "limit", "baseline", "since", "command")


@dataclass(frozen=True)
class PagerDuty:
    """The key of an integration; the address of the service, if it is another."""

    routing_key: Source
    url: Source
    keeps_open = True
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send one event."""
        from llmcost.alerts.channels.sending import post

        (message,) = messages
        return post(self.url.address().rstrip("/") + PATH, event(message, self.routing_key.read()), {}, now)


def event(message: Message, routing_key: str) -> dict[str, Any]:
    """Write an event; that an incident is over needs no more than its key."""
    whose = {"routing_key": routing_key, "dedup_key": dedup_key(message["alert"])}
    if message["event"] == RESOLVED:
        return {**whose, "event_action": "resolve"}
    return {
        **whose,
        "event_action": "trigger",
        "payload": {
            "summary": message["text"][:LONGEST_SUMMARY],
            "source": "llmcost",
            "severity": message["severity"],
            "timestamp": message["at"],
            "component": message["name"],
            "group": message["by"],
            "class": message["rule"],
            "custom_details": {name: message[name] for name in SHOWN},
        },
    }


def dedup_key(alert: str) -> str:
    """Give the name of an incident; a long one is hashed."""
    return alert if len(alert) <= LONGEST_KEY else sha256(alert.encode()).hexdigest()


def read(node: Node) -> PagerDuty:
    """Read the settings."""
    found = node.mapping(keys("routing_key", "url"), "pagerduty")
    key = needed(node, secret_of(node, found, "routing_key"), "routing_key", "pagerduty")
    return PagerDuty(key, address_of(node, found) or Source(plain=PAGERDUTY))
