"""The invented month is found: what was planted, by the detector that it was planted for, and none of the traps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from llmcost.demo import TRAPS, write_month
from llmcost.detect import detect, detectors
from llmcost.detect.claims import claim
from llmcost.detect.savings import COLUMNS, savings
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.shelves import shipped

SCALE = Decimal("0.02")
SEED = 7
PLANTED = ("retries", "embeddings", "prompt-tax", "model-mismatch")


@dataclass
class Month:
    planted: dict[str, Decimal]
    claimed: dict[str, Decimal]
    claimed_of_key: dict[str, Decimal]
    totals: dict[str, Any]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, book: Book) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    planted: dict[str, Decimal] = defaultdict(Decimal)
    for row in write_month(folder, SCALE, SEED, lambda: None).planted:
        planted[row.detector] += row.saving_usd
    with Store() as store:
        ingest(store, [str(folder)])
        # what is on the way to a release has nothing planted
        claims = claim(detect(store, book, detectors(), shipped("detector", detectors())))
        found = savings(claims)
        claimed = {row[0]: row[COLUMNS.index("saving_usd")] for row in found.rows}
        of_key: dict[str, Decimal] = dict(
            claims.rows("select key, sum(saving_usd) from claims join scope using (dedupe_key) group by key")
        )
    yield Month(planted, claimed, of_key, found.totals)


@pytest.mark.parametrize("detector", PLANTED)
def test_what_was_planted_is_found(month: Month, detector: str) -> None:
    expected, actual = month.planted[detector], month.claimed.get(detector, Decimal(0))

    assert abs(actual - expected) <= expected / 20, f"planted {expected}, found {actual}"


def test_what_is_proven_stands_apart_from_what_is_only_possible(month: Month) -> None:
    planted, totals = month.planted, month.totals

    # answers that came again and documents embedded again are proven; a cache is likely to have paid
    assert planted["retries"] + planted["embeddings"] == totals["proven_usd"]
    assert planted["prompt-tax"] == totals["likely_usd"]
    # that a smaller model would have done is only possible, so none of it is sure to be saved
    assert planted["model-mismatch"] == totals["possible_usd"]
    assert totals["proven_usd"] <= totals["saving_low_usd"] <= totals["proven_usd"] + totals["likely_usd"]
    assert totals["spend_usd"] - totals["saving_low_usd"] == totals["remaining_high_usd"]
    assert totals["spend_usd"] - sum(planted.values()) == totals["remaining_usd"] == totals["remaining_low_usd"]


@pytest.mark.parametrize("key", TRAPS)
def test_what_only_looks_like_waste_is_left_alone(month: Month, key: str) -> None:
    assert 0 == month.claimed_of_key.get(key, 0)


def test_everything_planted_has_a_test() -> None:
    assert set(PLANTED) <= set(detectors())
