"""What each kind of gateway is, and how it says that it does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from llmcost.throttle.register import Limits, Throttle

LIMIT, BLOCK = "limit", "block"
ACTIONS = (LIMIT, BLOCK)


class GatewayError(Exception):
    """The gateway did not do what was asked; `is_final` where it is there and refuses."""

    def __init__(self, said: str, *, is_final: bool = False) -> None:
        super().__init__(said)
        self.said, self.is_final = said, is_final


class KeyGone(GatewayError):
    """The gateway is there, and has no such key any more."""

    def __init__(self) -> None:
        super().__init__("has no such key", is_final=True)


class Gateway(Protocol):
    """A place where keys are throttled."""

    @property
    def kind(self) -> str:
        """What llmcost.yaml calls it."""

    def present(self, one: Throttle, now: float) -> Limits | None:
        """Give the limits of a key as they are; None where nobody can be asked. Raises GatewayError, KeyGone."""

    def wanted(self, one: Throttle, former: Limits) -> Limits:
        """Give the limits that a key is to have, never looser than before."""

    def put(self, one: Throttle, limits: Limits, others: Sequence[Throttle], now: float) -> None:
        """Give a key these limits; `others` are throttled, too, and stay so. Raises GatewayError."""
