"""When things happen and how much of them: the days of the month, what is due by each, list prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

FIRST = datetime(2026, 10, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(30)]
SATURDAY = 5
WORKDAYS = [day for day in DAYS if day.weekday() < SATURDAY]


class Call(NamedTuple):
    """One line of the log; where it is waste, which detector should say so, and what it could save."""

    record: dict[str, Any]
    detector: str = ""
    saving: Decimal = Decimal(0)


@dataclass(frozen=True)
class Month:
    """How large the month is, and which one of its kind."""

    scale: Decimal
    seed: int

    def chance(self, name: str) -> Random:
        """Make a source of chance of its own for each scenario, so that none changes another."""
        return Random(f"{self.seed}/{name}")

    def counts(self, per_month: int) -> Iterator[tuple[datetime, int]]:
        """Share a number of events at scale 1 out over the days; what is rounded off comes on a later day."""
        done = 0
        for day, part in zip(DAYS, range(1, len(DAYS) + 1), strict=True):
            due = round(per_month * self.scale * part / len(DAYS))
            yield day, due - done
            done = due


# Days of calls, in order; each is read to its end before the next.
Scenario = Callable[[Month], Iterator[Iterable[Call]]]


@dataclass
class Budget:
    """How much waste is planted, and how much is due by the end of a day."""

    total: Decimal
    days: list[datetime]
    planted: Decimal = Decimal(0)
    due: Decimal = Decimal(0)

    def each_day(self) -> Iterator[datetime]:
        """Go through the month: each of `days` has an equal share, the others have none."""
        passed = 0
        for day in DAYS:
            passed += day in self.days
            self.due = self.total * passed / len(self.days)
            yield day

    def has_room(self, usual: Decimal) -> bool:
        """Tell whether one more of the usual size brings what is planted nearer to what is due."""
        return self.due - self.planted > usual / 2


@dataclass(frozen=True)
class Rates:
    """List prices in USD per million tokens, copied from pricing.yaml by hand: the truth is not to need llmcost."""

    input: Decimal
    output: Decimal = Decimal(0)

    def cost(self, input_tokens: int, output_tokens: int = 0) -> Decimal:
        """Multiply; exact."""
        return (self.input * input_tokens + self.output * output_tokens).scaleb(-6)


def moments(chance: Random, day: datetime, count: int, hours: tuple[int, int]) -> list[datetime]:
    """Pick so many moments between two hours of a day, in order."""
    return sorted(day + timedelta(hours=chance.uniform(*hours)) for _ in range(count))


def after(at: datetime, seconds: float) -> datetime:
    """Come so many seconds later."""
    return at + timedelta(seconds=seconds)
