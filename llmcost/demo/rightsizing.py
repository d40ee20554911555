"""Waste: a dear model that picks one of eight labels, and two old models that a cheaper one has replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from llmcost.demo.plan import DAYS, Budget, Call, Month, Rates, Scenario, after
from llmcost.demo.records import App, answered, digest, new_prompt

DETECTOR = "model-mismatch"

# pricing.yaml, openai
GPT_4O = Rates(Decimal("2.5"), Decimal(10))
GPT_4O_MINI = Rates(Decimal("0.15"), Decimal("0.6"))
GPT_4_TURBO = Rates(Decimal(10), Decimal(30))
GPT_4_32K = Rates(Decimal(60), Decimal(120))
GPT_4_1 = Rates(Decimal(2), Decimal(8))

# label: how many output tokens it has, how often it is the answer
LABELS = {
    "billing": (1, 24),
    "login": (1, 18),
    "shipping": (1, 15),
    "refund": (2, 12),
    "bug-report": (3, 10),
    "feature-request": (3, 8),
    "cancel-account": (3, 7),
    "data-protection": (4, 6),
}

ROUTER = App("ticket-router", "openai", "gpt-4o", "support", system_tokens=900)
SUMMARIZER = App("summarizer", "openai", "gpt-4-turbo", "research", system_tokens=500)
MINUTES = App("board-minutes", "openai", "gpt-4-32k", "legal", system_tokens=700)


def ticket_router(month: Month) -> Iterator[Iterator[Call]]:
    """Route tickets: whole threads with the logs that customers paste in, and one of eight labels out."""
    chance, budget = month.chance(ROUTER.key), Budget(Decimal(3000) * month.scale, DAYS)
    for day in budget.each_day():
        yield route_tickets(chance, budget, day)


def route_tickets(chance: Random, budget: Budget, day: datetime) -> Iterator[Call]:
    """Route a day's tickets; on the small model each would cost its tokens at that model's rates."""
    while budget.has_room(usual=Decimal("0.15")):
        at = after(day, chance.uniform(0, 23.9) * 3600)
        sent = new_prompt(ROUTER, chance, 48_000, 80_000)
        (label,) = chance.choices(list(LABELS), [often for _, often in LABELS.values()])
        output, seconds = LABELS[label][0], chance.uniform(1, 3)
        more = {"temperature": 0, "output_hash": digest("label", label), "output_chars": len(label)}
        saving = GPT_4O.cost(sent.tokens[-1], output) - GPT_4O_MINI.cost(sent.tokens[-1], output)
        budget.planted += saving
        yield Call(answered(ROUTER, chance, at, seconds, sent, output, **more), DETECTOR, saving)


@dataclass(frozen=True)
class Superseded:
    """An application that writes long texts with an old model; the newer and cheaper one is gpt-4.1."""

    app: App
    rates: Rates
    total_usd: int
    inputs: tuple[int, int]
    outputs: tuple[int, int]

    def __call__(self, month: Month) -> Iterator[Iterator[Call]]:
        """Go through the month."""
        chance, budget = month.chance(self.app.key), Budget(self.total_usd * month.scale, DAYS)
        for day in budget.each_day():
            yield self.write_texts(chance, budget, day)

    def write_texts(self, chance: Random, budget: Budget, day: datetime) -> Iterator[Call]:
        """Write a day's texts, each from a document of its own."""
        usual = self.rates.cost(sum(self.inputs) // 2)
        while budget.has_room(usual):
            at = after(day, chance.uniform(6, 20) * 3600)
            sent, output = new_prompt(self.app, chance, *self.inputs), chance.randint(*self.outputs)
            saving = self.rates.cost(sent.tokens[-1], output) - GPT_4_1.cost(sent.tokens[-1], output)
            budget.planted += saving
            yield Call(answered(self.app, chance, at, output / 50, sent, output), DETECTOR, saving)


SCENARIOS: list[Scenario] = [
    ticket_router,
    Superseded(SUMMARIZER, GPT_4_TURBO, total_usd=9000, inputs=(70_000, 110_000), outputs=(1000, 2000)),
    Superseded(MINUTES, GPT_4_32K, total_usd=6000, inputs=(20_000, 30_000), outputs=(600, 1200)),
]
