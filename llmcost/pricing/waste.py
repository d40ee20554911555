"""What a price book says beside its prices, for finding waste: what is not billed, how caches behave, what is cheaper.

`start` and `end` are days, 00:00 UTC, as in a period: None is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Unbilled:
    """HTTP statuses of failed requests that a provider does not bill; `provider` None means every provider."""

    provider: str | None
    statuses: tuple[int, ...]
    start: date | None
    end: date | None
    source: str | None
    checked: date | None
    note: str | None
    place: str


@dataclass(frozen=True)
class CachePolicy:
    """One way to cache a prefix: how long an entry lives, and at which rate of the book it is written.

    `hit_share` is low, best and high: the shares of the hits in a simulation that are counted on.
    """

    name: str
    ttl_seconds: int
    write: str
    hit_share: tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True)
class CacheRule:
    """How a provider caches the prompts of some models; without policies it does not."""

    provider: str
    models: tuple[str, ...]
    start: date | None
    end: date | None
    min_tokens: int
    step_tokens: int
    policies: tuple[CachePolicy, ...]
    source: str | None
    checked: date | None
    note: str | None
    place: str


@dataclass(frozen=True)
class Substitute:
    """Cheaper models of the same maker: a `smaller` one for simple jobs, a `successor` there since `start`."""

    provider: str
    model: str
    smaller: str | None
    successor: str | None
    start: date | None
    source: str | None
    checked: date | None
    note: str | None
    place: str
