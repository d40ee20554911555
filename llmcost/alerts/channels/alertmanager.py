"""Prometheus' Alertmanager, API v2. An alert that is not pushed again before it `endsAt` is over for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import RESOLVED, Message
from llmcost.alerts.channels.source import Source, address_of, is_plain, keys, needed, plain_address, secret_of
from llmcost.alerts.channels.webhook import bearer
from llmcost.alerts.lengths import length
from llmcost.pricing.loader import Node

ENDS_AFTER = 900
PATH = "/api/v2/alerts"


@dataclass(frozen=True)
class Alertmanager:
    """Its address, a token if it wants one, and after how many seconds an alert is over that nobody pushes again."""

    url: Source
    token: Source | None = None
    ends_after: int = ENDS_AFTER
    keeps_open = True
    takes_many = True

    def send(self, messages: list[Message], now: float) -> Answer:
        """Push alerts, new and old ones."""
        from llmcost.alerts.channels.sending import post

        return post(
            self.url.address().rstrip("/") + PATH,
            [alert(message, now, self.ends_after) for message in messages],
            bearer(self.token),
            now,
        )


def alert(message: Message, now: float, ends_after: int) -> dict[str, Any]:
    """Write an alert; its labels are the same from its beginning to its end, since they are what names it."""
    is_over = message["event"] == RESOLVED
    ends = message["at"] if is_over else f"{datetime.fromtimestamp(now + ends_after, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "labels": {
            "alertname": alert_name(message["rule"]),
            **{label: message[label] for label in ("rule", "by", "name", "severity")},
        },
        "annotations": {"summary": message["text"], "command": message["command"]},
        "startsAt": message["since"],
        "endsAt": ends,
    }


def alert_name(rule: str) -> str:
    """Write the name of a rule as Prometheus writes names of alerts: cost-spike is LlmcostCostSpike."""
    return "Llmcost" + "".join(part.capitalize() for part in rule.split("-"))


def read(node: Node) -> Alertmanager:
    """Read the settings: an address alone, or a mapping."""
    if is_plain(node):
        return Alertmanager(Source(plain=plain_address(node)))
    found = node.mapping(keys("url", "token") | {"ends_after"}, "alertmanager")
    return Alertmanager(
        needed(node, address_of(node, found), "url", "alertmanager"),
        secret_of(node, found, "token"),
        length(found["ends_after"], "ends_after") if "ends_after" in found else ENDS_AFTER,
    )
