"""Waste: answers that are cut off, filtered or time out, and are asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from llmcost.demo.plan import Call, after
from llmcost.demo.records import App, answered, digest, new_prompt
from tests.calibration.lines import about, app_of, lasting, over_days
from tests.calibration.rates import PRICES

DETECTOR = "retries"
MOST_TOKENS = 150_000
MODELS = [("anthropic", "claude-opus-5-5"), ("anthropic", "claude-sonnet-5-5"), ("openai", "gpt-4.1")]
# what becomes of an attempt in vain; usage is logged
ENDS: list[dict[str, Any]] = [
    {"finish_reason": "length"},
    {"finish_reason": "content_filter"},
    {"status": "error", "http_status_code": 504, "error_type": "Timeout", "finish_reason": None},
]


@dataclass(frozen=True)
class Habit:
    """How an application asks: how long prompts and answers are, how often in vain, and how soon it asks again."""

    median: float
    spread: float
    output: int
    share: float
    pause: float
    end: dict[str, Any]


def retried(chance: Random, key: str) -> Iterator[Call]:
    """Invent an application whose users' requests cross each other, and some of which are tried again."""
    app = app_of(chance, key, MODELS)
    habit = Habit(
        median=chance.choice((800, 3000, 12_000, 60_000)),
        spread=chance.uniform(0.2, 0.9),
        output=chance.choice((300, 1000, 4000)),
        share=chance.choice((0.03, 0.1, 0.3)),
        pause=chance.choice((0.1, 1, 8, 25)),
        end=chance.choice(ENDS),
    )
    for number, at in enumerate(over_days(chance, chance.randint(30, 120), hours=(8, 18))):
        yield from tried(app, chance, at, habit, f"{key}/{number}")


def tried(app: App, chance: Random, at: datetime, habit: Habit, name: str) -> Iterator[Call]:
    """Ask until it works, four times at most."""
    tokens = below(chance, habit)
    sent, price = new_prompt(app, chance, tokens, tokens), PRICES[app.model]
    for attempt in range(3):
        if chance.random() >= (0.5 if attempt else habit.share):
            break
        # what is refused is not always as long as it was to be
        output = habit.output if habit.end.get("finish_reason") == "length" else about(chance, habit.output / 3, 0.5)
        record = answered(
            app, chance, at, lasting(output), sent, output, output_hash=digest(name, attempt), **habit.end
        )
        yield Call(record, DETECTOR, price.cost(tokens, output))
        at = after(at, lasting(output) + habit.pause * chance.uniform(0.5, 2))
    output = min(about(chance, habit.output / 2, 0.4), habit.output - 1)
    yield Call(answered(app, chance, at, lasting(output), sent, output))


def below(chance: Random, habit: Habit) -> int:
    """Draw a size that fits; no two prompts are as long as another because both were cut."""
    while (tokens := about(chance, habit.median, habit.spread, 50)) > MOST_TOKENS:
        pass
    return tokens
