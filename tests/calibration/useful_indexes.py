"""Useful embeddings: new documents at night or all day, other models, chunks of one size, questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from llmcost.demo.plan import after
from llmcost.demo.records import App, Record, embedded, fresh
from tests.calibration.lines import LARGE, SMALL, SPAN, Kind, about, over_days


def embed(app: App, chance: Random, at: datetime, sizes: list[int]) -> Record:
    """Log one request of texts that were never embedded before."""
    return embedded(app, chance, at, 0.8, [fresh(chance) for _ in sizes], sizes, 1536)


def in_a_row(app: App, chance: Random, day: datetime, sizes: list[int], each: int = 1) -> Iterator[Record]:
    """Embed texts one request after the other, so many in each, from two o'clock on."""
    at = after(day, 7200)
    for first in range(0, len(sizes), each):
        yield embed(app, chance, at, sizes[first : first + each])
        at = after(at, 0.9 + chance.uniform(0, 0.4))


def documents_all_day(chance: Random) -> Iterator[Record]:
    """Embed what comes in as it comes in."""
    app = App("documents-all-day", *chance.choice((LARGE, SMALL)), "team")
    for at in over_days(chance, chance.randint(60, 150), hours=(0, 24)):
        yield embed(app, chance, at, [about(chance, 500, 0.8, 65)])


def documents_of_the_night(chance: Random) -> Iterator[Record]:
    """Embed the day's new documents each night, about as many and about as long as those of the night before."""
    app, usual = App("documents-of-the-night", *LARGE, "team"), chance.randint(80, 300)
    for day in SPAN:
        yield from in_a_row(app, chance, day, [about(chance, 700, 0.7, 65) for _ in range(about(chance, usual, 0.1))])


def notes_of_the_night(chance: Random) -> Iterator[Record]:
    """Embed short new notes each night: many, so that most of their counts come again by chance."""
    app, usual, high = App("notes-of-the-night", *LARGE, "team"), chance.randint(200, 400), chance.randint(100, 250)
    for day in SPAN[:7]:
        yield from in_a_row(app, chance, day, [chance.randint(65, high) for _ in range(usual)])


def chunks_of_the_night(chance: Random) -> Iterator[Record]:
    """Embed the night's new text in chunks of one size, always as many in a request."""
    app, size, each = (
        App("chunks-of-the-night", *LARGE, "team"),
        chance.choice((256, 512, 1000)),
        chance.choice((1, 16)),
    )
    for day in SPAN:
        chunks = each * chance.choice((40, 60, 60, 80))
        yield from in_a_row(app, chance, day, [size] * chunks + [chance.randint(65, size)], each)


def batches_of_the_night(chance: Random) -> Iterator[Record]:
    """Embed the night's new documents, twenty in each request."""
    app = App("batches-of-the-night", *LARGE, "team")
    for day in SPAN:
        sizes = [about(chance, 400, 0.7, 65) for _ in range(20 * chance.randint(40, 80))]
        yield from in_a_row(app, chance, day, sizes, 20)


def catalogue_of_another_model(chance: Random) -> Iterator[Record]:
    """Embed a catalogue again since the model is another one."""
    sizes = [about(chance, 300, 0.6, 65) for _ in range(chance.randint(200, 500))]
    for day, model in ((SPAN[1], SMALL), (SPAN[7], LARGE)):
        yield from in_a_row(App("catalogue-of-another-model", *model, "team"), chance, day, sizes)


def archive_in_parts(chance: Random) -> Iterator[Record]:
    """Embed an archive once, a part of it each night."""
    app, part = App("archive-in-parts", *LARGE, "team"), chance.randint(150, 350)
    for day in SPAN[:5]:
        yield from in_a_row(app, chance, day, [min(about(chance, 1500, 0.9, 65), 8191) for _ in range(part)])


def questions_embedded(chance: Random) -> Iterator[Record]:
    """Embed what people search for."""
    app = App("questions-embedded", *SMALL, "team")
    for at in over_days(chance, chance.randint(60, 150)):
        yield embed(app, chance, at, [about(chance, 9, 0.5)])


USEFUL: list[Kind] = [
    *(documents_all_day, documents_of_the_night, notes_of_the_night, chunks_of_the_night, batches_of_the_night),
    *(catalogue_of_another_model, archive_in_parts, questions_embedded),
]
