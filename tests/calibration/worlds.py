"""Logs whose waste is known request by request, with texts, without them, with some, or with counts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random

from llmcost.demo.month import SCENARIOS as MONTH
from llmcost.demo.plan import Call, Month
from llmcost.demo.records import Record
from tests.calibration.lines import COUNTERS, TEXTS, without
from tests.calibration.planted_indexes import reembedded
from tests.calibration.planted_labels import bloated, labelled
from tests.calibration.planted_prefixes import prefixed
from tests.calibration.planted_retries import retried

Scenario = Callable[[Random, str], Iterator[Call]]
MIDDLE = "2026-10-05T12"
SCENARIOS: list[Scenario] = [retried, prefixed, labelled, bloated, reembedded]
# what is taken off the lines of a log: from all, from those before a day, or from a half that chance picks
TAKEN: dict[str, Callable[[Record, Random], Record]] = {
    "texts": lambda record, chance: record,
    "no texts": lambda record, chance: without(record, TEXTS),
    "texts from a day on": lambda record, chance: record if record["started_at"] >= MIDDLE else without(record, TEXTS),
    "half of the texts": lambda record, chance: record if chance.random() < 0.5 else without(record, TEXTS),
    "counts alone": lambda record, chance: without(record, TEXTS + COUNTERS),
}
# of these a key is looked at as a whole: what a line with text repeats may have been sent without
PARTLY = ("texts from a day on", "half of the texts")


def world(seed: int, each: int = 3) -> list[Call]:
    """Invent so many applications of each kind, each with a key, sizes, pauses and shares of its own."""
    keys = [(scenario, f"{scenario.__name__}-{number}") for scenario in SCENARIOS for number in range(each)]
    return [call for scenario, key in keys for call in scenario(Random(f"{seed}/{key}"), key)]


def demo_month(seed: int, scale: Decimal = Decimal("0.02")) -> list[Call]:
    """Take the month of `llmcost demo`."""
    return [call for scenario in MONTH for day in scenario(Month(scale, seed)) for call in day]


def taken(calls: list[Call], variant: str, seed: int) -> list[Call]:
    """Take off the lines what a log of this variant does not have."""
    chance, take = Random(f"{seed}/{variant}"), TAKEN[variant]
    return [call._replace(record=take(call.record, chance)) for call in calls]
