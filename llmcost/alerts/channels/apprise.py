"""All that apprise knows: Telegram, Teams, Discord, ntfy and a hundred more, by llmcost-cli[notify]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmcost.alerts.channels.answer import Answer, failed
from llmcost.alerts.channels.message import Message, title
from llmcost.alerts.channels.source import Source, keys, needed, secret_of
from llmcost.pricing.loader import Node

INSTALL = "apprise is not installed: pip install 'llmcost-cli[notify]'"
TYPES = {"critical": "failure", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Apprise:
    """Addresses as apprise writes them, with spaces or lines between; they hold secrets."""

    urls: Source
    keeps_open = False
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send one message to all of them."""
        (message,) = messages
        return notify(self.urls.read().split(), message)


def notify(urls: list[str], message: Message) -> Answer:
    """Let apprise send it; what one of a hundred plugins raises is a failure."""
    import logging

    try:
        import apprise
    except ImportError:
        return failed(INSTALL)
    # its warnings hold addresses
    log = logging.getLogger("apprise")
    log.propagate, log.handlers = False, [logging.NullHandler()]
    services = apprise.Apprise()
    try:
        return answer_of(services, urls, message)
    except Exception as error:
        return failed(f"apprise failed: {type(error).__name__}")


def answer_of(services: Any, urls: list[str], message: Message) -> Answer:
    """Send it; apprise says no more than whether all took it."""
    unknown = [url for url in urls if not services.add(url)]
    if unknown:
        return failed(f"apprise cannot read {len(unknown)} of {len(urls)} addresses", is_final=True)
    text = f"{message['text']}\n{message['command']}"
    is_sent = services.notify(body=text, title=f"llmcost: {title(message)}", notify_type=TYPES[message["severity"]])
    return Answer(True, "apprise sent it") if is_sent else failed("apprise could not send it to all")


def read(node: Node) -> Apprise:
    """Read the settings."""
    found = node.mapping(keys("urls"), "apprise")
    return Apprise(needed(node, secret_of(node, found, "urls"), "urls", "apprise"))
