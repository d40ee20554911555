"""An address or a program of your own: it is sent what to do, and cannot be asked what is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llmcost.alerts.channels import exec, webhook
from llmcost.alerts.channels.channel import Way
from llmcost.errors import UsageError
from llmcost.pricing.loader import Node
from llmcost.throttle.gateways.gateway import GatewayError
from llmcost.throttle.register import Limits, Throttle


@dataclass(frozen=True)
class Hook:
    """Whoever does it, called as a channel is; the same thing always under the same id."""

    kind: str
    way: Way

    def present(self, one: Throttle, now: float) -> None:
        """Nobody can be asked."""

    def wanted(self, one: Throttle, former: Limits) -> Limits:
        """Give what is sent."""
        return {"action": one.action, "rpm": one.rpm}

    def put(self, one: Throttle, limits: Limits, others: Sequence[Throttle], now: float) -> None:
        """Send it."""
        try:
            answer = self.way.send([document(one, "throttle" if limits else "release")], now)
        except UsageError as error:
            raise GatewayError(error.message) from None
        if not answer.is_sent:
            raise GatewayError(answer.said, is_final=answer.is_final)


def document(one: Throttle, what: str) -> dict[str, Any]:
    """Write what is to be done."""
    return {
        **{"id": f"throttle/{one.hash}/{one.day}/{what}", "event": what, "key": one.key, "hash": one.hash},
        **{"action": one.action, "rpm": one.rpm, "until": f"{one.until.isoformat()}Z", "reason": one.reason},
    }


def read_webhook(node: Node) -> Hook:
    """Read the settings of an address."""
    return Hook("webhook", webhook.read(node))


def read_exec(node: Node) -> Hook:
    """Read the settings of a program."""
    return Hook("exec", exec.read(node))
