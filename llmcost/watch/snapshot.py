"""What is known at one moment, as a value: nothing in it is drawn yet, and names are as the logs have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal


@dataclass(frozen=True)
class Spend:
    """What all requests, or those of one name, have cost in the last hour and today; None where none has a cost."""

    name: str | None
    hour_usd: Decimal | None
    today_usd: Decimal | None
    hour_requests: int
    today_requests: int
    hour_errors: int
    today_unpriced: int


# by column and name
Groups = dict[tuple[str, str | None], Spend]
ALL = ("all", None)


@dataclass(frozen=True)
class Day:
    """What today has cost at its end, if the rest of it is like past days; None where no past is known."""

    expected_usd: Decimal | None
    low_usd: Decimal | None
    high_usd: Decimal | None


@dataclass(frozen=True)
class BudgetLine:
    """A budget of a day or month, what of it is spent, and what will be; `mark` as in the view budget."""

    name: str
    period: str
    limit_usd: Decimal
    spent_usd: Decimal
    expected_usd: Decimal | None
    mark: str


@dataclass(frozen=True)
class Speed:
    """How long answers of the last hour took, in milliseconds, in steps of 5 %."""

    provider: str | None
    model: str | None
    answers: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    first_p50_ms: float | None
    first_p95_ms: float | None


@dataclass(frozen=True)
class Cache:
    """How much of the input came from a provider's cache, in the last hour and today, and what that saved today.

    `saved_usd` and what a gateway's own cache saved are as in the view cache.
    """

    model: str | None
    hour_share: float | None
    today_share: float | None
    saved_usd: Decimal | None
    gateway_hits: int | None
    gateway_saved_usd: Decimal | None


@dataclass(frozen=True)
class Health:
    """What came of a provider's requests in the last hour: failures by kind, beside what the gateway refused itself."""

    provider: str | None
    word: str
    requests: int
    errors: int
    refused: int
    kinds: tuple[tuple[str, int], ...]

    @property
    def error_share(self) -> float | None:
        """The share of its requests that failed."""
        return self.errors / self.requests if self.requests else None


@dataclass(frozen=True)
class AlertLine:
    """An alert: in a word where it is, since when, what it says, and the command that shows more."""

    alert: str
    word: str
    since: datetime | None
    text: str
    command: str


@dataclass(frozen=True)
class Snapshot:
    """One moment, UTC. The last hour are the twelve slots of five minutes up to now; today is since local midnight.

    `usual_hour_usd` is the median of the same hour of the last seven days, where three are known.
    """

    taken_at: datetime
    data_until: datetime | None
    zone: tzinfo
    total: Spend
    usual_hour_usd: Decimal | None
    day: Day
    budgets: tuple[BudgetLine, ...]
    models: tuple[Spend, ...]
    keys: tuple[Spend, ...]
    projects: tuple[Spend, ...]
    speeds: tuple[Speed, ...]
    cache: Cache
    caches: tuple[Cache, ...]
    health: tuple[Health, ...]
    alerts: tuple[AlertLine, ...] = ()
    throttled: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    @property
    def requests(self) -> str:
        """Say which requests these are; alerts are always of all."""
        return f"requests where {' and '.join(self.where)}" if self.where else "all requests"

    @property
    def age_s(self) -> int | None:
        """How many seconds ago the newest request ended."""
        return None if self.data_until is None else int((self.taken_at - self.data_until).total_seconds())

    @property
    def firing(self) -> tuple[AlertLine, ...]:
        """The alerts that fire and are neither silenced nor acknowledged."""
        return tuple(alert for alert in self.alerts if alert.word.startswith(("firing", "clearing")))

    def alerts_that(self, *words: str) -> tuple[AlertLine, ...]:
        """Give the alerts that are there."""
        return tuple(alert for alert in self.alerts if alert.word in words)
