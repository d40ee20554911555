"""Incoming webhooks of Slack, and of Mattermost, Rocket.Chat and others that take the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import Message, id_header, title
from llmcost.alerts.channels.source import Source, elsewhere, in_the_clear, is_plain, keys, needed
from llmcost.pricing.loader import Node

# names in logs are not to call a whole team
CALLS = re.compile(r"@(?=(?:all|channel|everyone|here)\b)", re.IGNORECASE)
NO_WIDTH = "\u200b"


@dataclass(frozen=True)
class Slack:
    """The address of an incoming webhook, which is a secret."""

    url: Source
    keeps_open = False
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send one message."""
        from llmcost.alerts.channels.sending import post

        (message,) = messages
        return post(self.url.address(), body(message), id_header(message), now)


def body(message: Message) -> dict[str, str]:
    """Write a message as Slack shows it."""
    return {"text": f"*{safe(title(message))}*\n{safe(message['text'])}\n`{safe(message['command'])}`"}


def safe(text: str) -> str:
    """Escape what Slack would obey."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return CALLS.sub(f"@{NO_WIDTH}", escaped)


def read(node: Node) -> Slack:
    """Read the settings; who has the address can write to the channel, so it does not stand in llmcost.yaml."""
    if is_plain(node):
        raise in_the_clear(node, "url")
    found = node.mapping(keys("url"), "slack")
    if "url" in found:
        raise in_the_clear(found["url"], "url")
    return Slack(needed(node, elsewhere(node, found, "url"), "url", "slack"))
