"""Useful embeddings: another model, changed documents, the same few questions of many people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from llmcost.demo.plan import DAYS, Call, Month, after
from llmcost.demo.records import App, Record, digest, embedded, fresh
from llmcost.demo.useful import Useful

CATALOG = App("catalog", "openai", "text-embedding-3-small", "search")
MIGRATION = [(5, "text-embedding-3-small", 1536), (19, "text-embedding-3-large", 3072)]
CATALOG_BATCHES = 300
POPULAR = 40


def migrated(month: Month) -> Iterator[Iterator[Call]]:
    """Embed a catalog, and two weeks later the same catalog with another model."""
    chance, batches = month.chance(CATALOG.key), round(CATALOG_BATCHES * month.scale)
    sizes = [[chance.randint(300, 900) for _ in range(50)] for _ in range(batches)]
    planned = {day: (model, dimensions) for day, model, dimensions in MIGRATION}
    for day in DAYS:
        model, dimensions = planned.get(day.day, ("", 0))
        yield embed_catalog(replace(CATALOG, model=model), chance, day, sizes if model else [], dimensions)


def embed_catalog(app: App, chance: Random, day: datetime, sizes: list[list[int]], dimensions: int) -> Iterator[Call]:
    """Embed every article once."""
    for batch, tokens in enumerate(sizes):
        hashes = [digest("article", batch, article) for article in range(len(tokens))]
        yield Call(embedded(app, chance, after(day, 7200 + 2 * batch), 1.4, hashes, tokens, dimensions))


def synced(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Embed what was edited since, and only that."""
    tokens = [chance.randint(2000, 6000) for _ in range(20)]
    yield embedded(app, chance, at, 1.6, [fresh(chance) for _ in tokens], tokens, 1536)


def searched(app: App, chance: Random, at: datetime) -> Iterator[Record]:
    """Embed what somebody searches for; some words are searched for by everybody."""
    words = min(int(chance.paretovariate(0.8)), POPULAR)
    yield embedded(app, chance, at, 0.2, [digest("query", words)], [4 + words % 13], 1536)


SMALL = ("openai", "text-embedding-3-small")

WHAT = {CATALOG.key: "documents embedded again with another model"}
USEFUL = [
    Useful(App("wiki-sync", *SMALL, "platform"), "documents that did change", synced, 600, hours=(2, 4)),
    Useful(App("site-search", *SMALL, "web"), "popular queries, short", searched, 3000),
]
