"""Waste: a dear model that picks one of a few labels, and prompts of which most is never needed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from llmcost.demo.plan import Call
from llmcost.demo.records import answered, digest, new_prompt
from tests.calibration.lines import about, app_of, asked, lasting, over_days
from tests.calibration.rates import PRICES

LABELS, BLOAT = "model-mismatch", "context-bloat"
DEAR = [
    ("openai", "gpt-4.1"),
    ("openai", "gpt-6-sol"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-opus-4-5"),
]


def labelled(chance: Random, key: str) -> Iterator[Call]:
    """Invent an application that picks labels of 1 to 6 tokens, some more often than others."""
    app, system = app_of(chance, key, DEAR), chance.randint(80, 700)
    dear, small = PRICES[app.model], PRICES[PRICES[app.model].smaller]
    sizes = [chance.randint(1, 6) for _ in range(chance.randint(3, 14))]
    weights = [1 / (rank + 1) ** chance.uniform(0.2, 1) for rank in range(len(sizes))]
    median, spread = chance.choice((60, 400, 3000)), chance.uniform(0.3, 1)
    for at in over_days(chance, chance.randint(25, 90)):
        tokens = system + min(about(chance, median, spread), 60_000)
        (label,) = chance.choices(range(len(sizes)), weights)
        sent, output = new_prompt(app, chance, tokens, tokens), sizes[label]
        more = {"temperature": 0, "output_hash": digest(key, label), "output_chars": 4 * output}
        saving = dear.cost(tokens, output) - small.cost(tokens, output)
        yield Call(answered(app, chance, at, lasting(output), sent, output, **more), LABELS, saving)


def bloated(chance: Random, key: str) -> Iterator[Call]:
    """Invent an application whose users paste whole documents now and then, of which a page would have done."""
    app, median = app_of(chance, key, DEAR), chance.choice((2500, 5000, 9000))
    share, pasted = chance.uniform(0.08, 0.25), chance.uniform(4, 10)
    for at in over_days(chance, chance.randint(30, 80)):
        tokens, output = about(chance, median, 0.3), about(chance, 200, 0.5)
        more = min(about(chance, median * pasted, 0.4), 120_000) if chance.random() < share else 0
        record = asked(app, chance, at, tokens + more, output)
        yield Call(record, BLOAT, PRICES[app.model].cost(more)) if more else Call(record)
