"""Waste: an index that is embedded again each night, though most or some of its documents are as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from llmcost.demo.plan import Call, after
from llmcost.demo.records import App, embedded, fresh
from tests.calibration.lines import LARGE, SMALL, SPAN, about
from tests.calibration.rates import PRICES

DETECTOR = "embeddings"
Document = tuple[str, int]


def reembedded(chance: Random, key: str) -> Iterator[Call]:
    """Invent an index; each night a share of its documents is new, and all of them are embedded."""
    app = App(key, *chance.choice((LARGE, SMALL)), "team")
    unchanged, each = chance.uniform(0.2, 1), chance.choice((1, 1, 4, 20))
    median, spread = chance.choice((200, 600, 1500)), chance.uniform(0.3, 0.9)
    is_shuffled, hour = chance.random() < 0.3, chance.randint(0, 20)
    documents = [written(chance, median, spread) for _ in range(chance.randint(200, 700))]
    known: set[str] = set()
    for day in SPAN[: chance.randint(3, 7)]:
        at, order = after(day, hour * 3600), list(documents)
        if is_shuffled:
            chance.shuffle(order)
        for first in range(0, len(order), each):
            call = embedded_at(app, chance, at, order[first : first + each], known)
            yield call
            at = after(at, 1.2)
        known |= {name for name, _ in documents}
        documents = [
            document if chance.random() < unchanged else written(chance, median, spread) for document in documents
        ]


def written(chance: Random, median: float, spread: float) -> Document:
    """Write a new document."""
    return fresh(chance), min(about(chance, median, spread, 65), 8191)


def embedded_at(app: App, chance: Random, at: datetime, batch: list[Document], known: set[str]) -> Call:
    """Embed some documents; those that are known could have been left out."""
    record = embedded(app, chance, at, 0.8, [name for name, _ in batch], [size for _, size in batch], 1536)
    saving = PRICES[app.model].cost(sum(size for name, size in batch if name in known))
    return Call(record, DETECTOR, saving) if saving else Call(record)
