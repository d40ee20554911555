"""A webhook of your own: the message as it is, with its id as the key that tells a repetition."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import Message, id_header
from llmcost.alerts.channels.source import Source, address_of, is_plain, keys, needed, plain_address, secret_of
from llmcost.pricing.loader import Node


@dataclass(frozen=True)
class Webhook:
    """An address that takes messages, with a token if it wants one."""

    url: Source
    token: Source | None = None
    keeps_open = False
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send one message."""
        from llmcost.alerts.channels.sending import post

        (message,) = messages
        return post(self.url.address(), message, {**id_header(message), **bearer(self.token)}, now)


def bearer(token: Source | None) -> dict[str, str]:
    """Write the header that shows a token."""
    return {"Authorization": f"Bearer {token.read()}"} if token else {}


def read(node: Node) -> Webhook:
    """Read the settings: an address alone, or a mapping."""
    if is_plain(node):
        return Webhook(Source(plain=plain_address(node)))
    found = node.mapping(keys("url", "token"), "webhook")
    return Webhook(needed(node, address_of(node, found), "url", "webhook"), secret_of(node, found, "token"))
