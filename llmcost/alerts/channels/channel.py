"""A channel: what it is called, where it leads, and which messages it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from llmcost.alerts.channels.answer import Answer, failed
from llmcost.alerts.channels.message import RESOLVED, Message
from llmcost.errors import UsageError

SEVERITIES = ("info", "warning", "critical")


class Way(Protocol):
    """What each kind of channel is.

    One that `keeps_open` what is not over gets each end, in no digest; one that `takes_many` takes all at once.
    """

    @property
    def keeps_open(self) -> bool:
        """Whether it keeps what is not over."""

    @property
    def takes_many(self) -> bool:
        """Whether it takes several messages at once."""

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send messages. Raises UsageError where a secret is not to be had."""


@dataclass(frozen=True)
class Channel:
    """A way for messages that are as severe or more, of some rules or of all."""

    name: str
    way: Way
    rules: frozenset[str] | None = None
    severity: str = SEVERITIES[0]

    def takes(self, message: Message) -> bool:
        """Tell whether a message goes here; that something is over goes wherever its beginning could have gone."""
        is_meant = self.rules is None or message["rule"] in self.rules
        rank = SEVERITIES.index(message["severity"])
        return is_meant and (message["event"] == RESOLVED or rank >= SEVERITIES.index(self.severity))

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send messages; a secret that is not there now may be there later."""
        try:
            return self.way.send(messages, now)
        except UsageError as error:
            return failed(error.message)
