"""Useful traffic that only looks like waste: how each kind is spread over the month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from llmcost.demo.plan import DAYS, Call, Month, moments
from llmcost.demo.records import App, Record


@dataclass(frozen=True)
class Useful:
    """One application, what it does, how often in a month of scale 1 and between which hours.

    With `every_hours` it keeps to the clock, whatever the scale. `work` logs one piece of work that begins at a time.
    """

    app: App
    what: str
    work: Callable[[App, Random, datetime], Iterator[Record]]
    per_month: int = 0
    hours: tuple[int, int] = (7, 20)
    every_hours: int = 0

    def __call__(self, month: Month) -> Iterator[Iterator[Call]]:
        """Go through the month."""
        chance = month.chance(self.app.key)
        for times in self.by_the_clock() if self.every_hours else self.at_random(month, chance):
            yield (Call(record) for at in times for record in self.work(self.app, chance, at))

    def by_the_clock(self) -> Iterator[list[datetime]]:
        """Begin every so many hours."""
        for day in DAYS:
            yield [day + timedelta(hours=hour) for hour in range(0, 24, self.every_hours)]

    def at_random(self, month: Month, chance: Random) -> Iterator[list[datetime]]:
        """Begin at any time between the hours."""
        for day, count in month.counts(self.per_month):
            yield moments(chance, day, count, self.hours)
