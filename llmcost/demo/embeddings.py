"""Waste: a search index that is rebuilt every night, though 19 of 20 documents are as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from random import Random

from llmcost.demo.plan import DAYS, Call, Month, Rates, Scenario, after
from llmcost.demo.records import App, digest, embedded

DETECTOR = "embeddings"

INDEX = App("search-index", "openai", "text-embedding-3-large", "search")
LARGE = Rates(Decimal("0.13"))  # pricing.yaml, openai, text-embedding-3-large
BATCHES = 2658  # of one night at scale 1: $2,800 of repetition in 29 nights
ITEMS = 37  # of at most 8,100 tokens: a request may hold 300,000
NIGHTS_PER_VERSION = 20


def search_index(month: Month) -> Iterator[Iterator[Call]]:
    """Embed all documents each night."""
    chance = month.chance(INDEX.key)
    sizes = [[chance.randint(7800, 8100) for _ in range(ITEMS)] for _ in range(max(1, round(BATCHES * month.scale)))]
    for night, day in enumerate(DAYS):
        yield embed_all(chance, day, night, sizes)


def embed_all(chance: Random, day: datetime, night: int, sizes: list[list[int]]) -> Iterator[Call]:
    """Embed a night's documents; what was embedded in an earlier night, and is as it was, could have been left out."""
    at = after(day, 3600)
    for number, tokens in enumerate(sizes):
        documents = range(number * ITEMS, (number + 1) * ITEMS)
        hashes = [hash_of(document, version(document, night)) for document in documents]
        kept = [size for document, size in zip(documents, tokens, strict=True) if is_unchanged(document, night)]
        seconds = chance.uniform(1.2, 2.4)
        record = embedded(INDEX, chance, at, seconds, hashes, tokens, 3072)
        saving = LARGE.cost(sum(kept)) if night else Decimal(0)
        yield Call(record, DETECTOR, saving) if saving else Call(record)
        at = after(at, seconds + 0.5)


def version(document: int, night: int) -> int:
    """Count how often a document was changed up to a night."""
    return (document + night) // NIGHTS_PER_VERSION


def is_unchanged(document: int, night: int) -> bool:
    """Tell whether a document is as it was the night before."""
    return version(document, night) == version(document, night - 1)


@cache
def hash_of(document: int, version: int) -> str:
    """Hash what a document says."""
    return digest("document", document, version)[:12]


SCENARIOS: list[Scenario] = [search_index]
