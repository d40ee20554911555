"""The cases of each detector: requests in, findings and dollars worked out by hand out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.detect import detect, detectors
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.logs import write_log
from tests.readme import meanings
from tests.shelves import Case, book_of, cases_of, each_case, requests_of

MONEY = (
    *("saving_usd", "saving_low_usd", "saving_high_usd", "unbilled_status_usd", "unobserved_usd"),
    *("cap_p50_usd", "cap_p75_usd", "cap_p90_usd"),
)


def found_in(store: Store, detector: str, settings: dict[str, Any], book: Book) -> dict[str, dict[str, Any]]:
    hits = detect(store, book, {detector: detectors()[detector]}, [detector], settings={detector: settings})
    assert not hits.cannot_run
    rows = hits.scope.records(
        "select request_id, found.* from found join scope using (dedupe_key)", {"found": hits.by_detector[detector]}
    )
    return {row["request_id"]: row for row in rows}


@pytest.mark.parametrize(("detector", "shelf", "case"), each_case("detectors"))
def test_a_detector_finds_what_was_worked_out_by_hand(
    store: Store, tmp_path: Path, detector: str, shelf: dict[str, Any], case: Case
) -> None:
    summary = ingest(store, [str(write_log(tmp_path / "log.jsonl", requests_of(shelf, case)))])
    assert summary.new == len(requests_of(shelf, case))
    found = found_in(store, detector, case.get("settings", {}), book_of(shelf["book"]))
    expected = case["found"]

    assert set(found) == set(expected)
    for request_id, wanted in expected.items():
        for name, value in wanted.items():
            shown = found[request_id][name]
            assert (Decimal(str(value)) if name in MONEY and value is not None else value) == shown, (request_id, name)
    if "saving_usd" in case:
        assert sum(row["saving_usd"] for row in found.values()) == Decimal(str(case["saving_usd"]))


@pytest.mark.parametrize("name", detectors())
def test_every_detector_has_firing_and_more_quiet_cases(name: str) -> None:
    shelf = cases_of("detectors", name)["cases"]

    assert sum(bool(case["found"]) for case in shelf) >= 1, "write a case in which it finds something"
    assert sum(not case["found"] for case in shelf) >= 3, "write three cases that look like waste and are none"


@pytest.mark.parametrize("name", detectors())
def test_every_detector_says_what_it_is_for_and_what_each_of_its_settings_means(name: str) -> None:
    detector = detectors()[name]

    assert all([detector.title, detector.why, detector.advice, detector.needs])
    assert [] == [name for name, meaning in meanings(name).items() if not meaning], "a comment on its line says it"
