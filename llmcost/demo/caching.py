"""Waste: a support bot sends its whole handbook with every call and never caches it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random

from llmcost.demo.plan import WORKDAYS, Budget, Call, Month, Rates, Scenario, after
from llmcost.demo.records import App, answered, new_prompt

DETECTOR = "prompt-tax"

BOT = App("support-bot", "anthropic", "claude-sonnet-4-5", "support", system_tokens=80_000)
# pricing.yaml, anthropic, claude-sonnet-4-5: input 3, cache_write (5 minutes) 3.75, cache_read 0.3
INPUT, WRITE, READ = Rates(Decimal(3)), Rates(Decimal("3.75")), Rates(Decimal("0.3"))
SAVED_BY_HIT = INPUT.cost(BOT.system_tokens) - READ.cost(BOT.system_tokens)
PREMIUM = WRITE.cost(BOT.system_tokens) - INPUT.cost(BOT.system_tokens)


def support_bot(month: Month) -> Iterator[Iterator[Call]]:
    """Answer customers in office hours, less than a minute apart."""
    chance, budget = month.chance(BOT.key), Budget(Decimal(5000) * month.scale, WORKDAYS)
    for day in budget.each_day():
        yield answer_customers(chance, budget, day)


def answer_customers(chance: Random, budget: Budget, day: datetime) -> Iterator[Call]:
    """Answer a day's customers one after the other.

    With a cache of 5 minutes the day's first call writes and all others hit: none overlaps with the one before it, and
    no gap is near the 5 minutes. The premium of that write is taken off the saving of the second call.
    """
    at, saving = after(day, 8.5 * 3600), Decimal(0)
    while budget.has_room(SAVED_BY_HIT):
        sent, output = new_prompt(BOT, chance, 80_200, 80_900), chance.randint(120, 480)
        seconds = chance.uniform(3, 8)
        budget.planted += saving
        record = answered(BOT, chance, at, seconds, sent, output)
        yield Call(record, DETECTOR, saving) if saving else Call(record)
        saving = SAVED_BY_HIT if saving else SAVED_BY_HIT - PREMIUM
        at = after(at, seconds + chance.uniform(2, 50))


SCENARIOS: list[Scenario] = [support_bot]
