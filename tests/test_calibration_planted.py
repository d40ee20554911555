"""What detectors say of planted waste, with texts, without them, with some of them: ranges hold the truth."""

from __future__ import annotations

import os
from collections.abc import Iterable
from decimal import Decimal

import pytest

from llmcost.pricing import Book
from tests.calibration.measure import Finding, beside_the_truth, by_key, heard
from tests.calibration.worlds import PARTLY, TAKEN, demo_month, taken, world

# more seeds: LLMCOST_TEST_SEEDS=20
SEEDS = range(1, 1 + int(os.environ.get("LLMCOST_TEST_SEEDS", "1")))
LEAST_HELD = 0.95
LEAST_FOUND = Decimal("0.75")
PARTS = ("usd", "truth_usd")
WITHOUT = [variant for variant in TAKEN if variant not in PARTLY]


@pytest.fixture(scope="module")
def findings(book: Book) -> dict[str, list[Finding]]:
    """Find what is planted in every variant of a log."""
    return {variant: [found for seed in SEEDS for found in found_in(book, variant, seed)] for variant in TAKEN}


def found_in(book: Book, variant: str, seed: int) -> Iterable[Finding]:
    for calls in (world(seed), demo_month(seed)):
        lines = taken(calls, variant, seed)
        found = beside_the_truth(heard(book, (line.record for line in lines)), lines)
        yield from by_key(found) if variant in PARTLY else found


def test_with_texts_what_was_planted_is_found_to_a_fiftieth(findings: dict[str, list[Finding]]) -> None:
    by_text = [found for found in findings["texts"] if found.tier in ("text", "fields")]

    assert by_text
    assert [] == [found for found in by_text if abs(found.usd - found.truth_usd) > found.truth_usd / 50]


@pytest.mark.parametrize("variant", WITHOUT)
def test_the_range_holds_the_truth(findings: dict[str, list[Finding]], variant: str) -> None:
    the_range_holds(findings[variant])


def test_the_range_holds_the_truth_of_all_logs_together(findings: dict[str, list[Finding]]) -> None:
    the_range_holds([found for said in findings.values() for found in said])


def the_range_holds(findings: list[Finding]) -> None:
    said = [found for found in findings if found.tier]
    wrong = [found for found in said if not found.holds]

    assert len(wrong) <= (1 - LEAST_HELD) * len(said), wrong


def test_without_texts_most_of_what_was_planted_is_found(findings: dict[str, list[Finding]]) -> None:
    detectors = {found.detector for found in findings["no texts"]}
    sums = {
        name: [sum(getattr(found, part) for found in findings["no texts"] if found.detector == name) for part in PARTS]
        for name in detectors
    }

    assert {} == {name: (usd, truth) for name, (usd, truth) in sums.items() if usd < truth * LEAST_FOUND}
