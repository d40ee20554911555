"""All kinds of useful traffic, the demo's traps among them, as logs of which no text is kept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from llmcost.demo.month import USEFUL as TRAPS
from llmcost.demo.plan import Month, Scenario
from llmcost.demo.records import Record
from llmcost.demo.useful_embeddings import migrated
from tests.calibration import useful_chats, useful_documents, useful_indexes, useful_jobs, useful_words
from tests.calibration.lines import TEXTS, Kind, without

SHELVES = (useful_chats, useful_documents, useful_words, useful_jobs, useful_indexes)
KINDS: list[Kind] = [kind for shelf in SHELVES for kind in shelf.USEFUL]
TRAP_SCALE = Decimal("0.1")


def useful_lines(seed: int) -> Iterator[Record]:
    """Write the logs of all kinds of useful traffic of one seed; each kind has a key of its own."""
    for kind in KINDS:
        for record in kind(Random(f"{seed}/{kind.__name__}")):
            yield without(record, TEXTS)
    month = Month(TRAP_SCALE, seed)
    scenarios: list[Scenario] = [*TRAPS, migrated]
    for scenario in scenarios:
        for day in scenario(month):
            yield from (without(call.record, TEXTS) for call in day)
