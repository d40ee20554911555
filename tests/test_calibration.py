"""What detectors say of logs without texts, where the truth is known: useful traffic is left alone."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from llmcost.pricing import Book
from tests.calibration.measure import Heard, flagged_usd, heard
from tests.calibration.useful import KINDS, useful_lines

# more seeds: LLMCOST_TEST_SEEDS=20
SEEDS = range(1, 1 + int(os.environ.get("LLMCOST_TEST_SEEDS", "1")))
MOST_FLAGGED = Decimal("0.01")


@pytest.fixture(scope="module")
def useful(book: Book) -> list[Heard]:
    return [heard(book, useful_lines(seed)) for seed in SEEDS]


def test_there_are_many_kinds_of_useful_traffic(useful: list[Heard]) -> None:
    names = {kind.__name__.replace("_", "-") for kind in KINDS}

    assert all(names <= set(said.spend_usd) for said in useful)
    assert len(useful[0].spend_usd) >= 24


def test_of_useful_traffic_without_texts_hardly_anything_is_flagged(useful: list[Heard]) -> None:
    spent = sum(sum(said.spend_usd.values()) for said in useful)
    flagged = sum(sum(flagged_usd(said).values()) for said in useful)

    assert flagged <= spent * MOST_FLAGGED, sorted(said_of(useful), reverse=True)
    assert {hit.certainty for said in useful for hit in said.hits} <= {"possible"}


def said_of(useful: list[Heard]) -> list[tuple[object, ...]]:
    return [(usd, key) for said in useful for key, usd in flagged_usd(said).items()]
