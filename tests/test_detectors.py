"""The cases of each detector: requests in, findings and dollars worked out by hand out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmcost.detect import detect, detectors
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.store import Store
from tests.conftest import ROOT

CASES = Path(__file__).parent / "cases" / "detectors"
NOON = datetime(2026, 3, 2, 12)
MONEY = ("saving_usd", "saving_low_usd", "saving_high_usd", "unbilled_status_usd", "unobserved_usd")
Case = dict[str, Any]


def cases() -> list[Any]:
    return list(each_case())


def each_case() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        shelf = yaml.safe_load(file.read_text(encoding="utf-8"))
        for case in shelf["cases"]:
            yield pytest.param(file.stem, shelf, case, id=f"{file.stem}: {case['name']}")


@cache
def book_of(text: str) -> Book:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.yaml"
        path.write_text(text, encoding="utf-8")
        return load_book([path])


def requests_of(shelf: dict[str, Any], case: Case) -> list[dict[str, Any]]:
    """Write a case's requests in full: `at` and `lasts` in seconds, `times` of them `every` so many, {n} the number."""
    written: list[dict[str, Any]] = []
    for given in case["requests"]:
        shared = {
            "llmcost": 1,
            "gateway": "g",
            "status": "ok",
            **shelf["defaults"],
            **case.get("defaults", {}),
            **given,
        }
        at, every = shared.pop("at"), shared.pop("every", 0)
        lasts, times = shared.pop("lasts", 1), shared.pop("times", 1)
        for number in range(times):
            begin = NOON + timedelta(seconds=at + every * number)
            filled = {k: v.replace("{n}", str(number)) if isinstance(v, str) else v for k, v in shared.items()}
            times_of = {"started_at": f"{begin.isoformat()}Z"}
            if lasts is not None:
                times_of["ended_at"] = f"{(begin + timedelta(seconds=lasts)).isoformat()}Z"
            written.append({"request_id": f"r{len(written) + 1}", **filled, **times_of})
    return written


def found_in(store: Store, detector: str, settings: dict[str, Any], book: Book) -> dict[str, dict[str, Any]]:
    hits = detect(store, book, {detector: detectors()[detector]}, [detector], settings={detector: settings})
    assert not hits.cannot_run
    result = store.execute(
        f"select request_id, found.* from {hits.tables[detector]} as found join scope using (dedupe_key)"
    )
    names = [column[0] for column in result.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in result.fetchall()}


@pytest.mark.parametrize(("detector", "shelf", "case"), cases())
def test_a_detector_finds_what_was_worked_out_by_hand(
    store: Store, tmp_path: Path, detector: str, shelf: dict[str, Any], case: Case
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, requests_of(shelf, case))), encoding="utf-8")
    summary = ingest(store, [str(log)])
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
    shelf = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))["cases"]

    assert sum(bool(case["found"]) for case in shelf) >= 1
    assert sum(not case["found"] for case in shelf) >= 3


@pytest.mark.parametrize("name", detectors())
def test_every_detector_says_what_it_is_for_and_has_its_rule_written_down(name: str) -> None:
    detector = detectors()[name]

    assert all([detector.title, detector.why, detector.advice, detector.needs])
    rule = (ROOT / "docs" / "detectors" / f"{name}.md").read_text(encoding="utf-8")
    assert all(parameter in rule for parameter in detector.params)
