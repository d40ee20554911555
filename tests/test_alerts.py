"""Rules of alerts over invented traffic, worked out by hand: what is told, when, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcost.alerts.metric import metrics
from llmcost.alerts.rules import FOUNDING
from llmcost.store import Store
from tests.alerts import label, replay, told_by_history
from tests.conftest import CASES
from tests.shelves import Case, book_of, each_case


@pytest.mark.parametrize(("rule", "shelf", "case"), each_case("alerts"))
def test_what_is_told(tmp_path: Path, store: Store, rule: str, shelf: Case, case: Case) -> None:
    told = replay(tmp_path, store, book_of(shelf["book"]), shelf, case)

    assert case["told"] == [label(message) for message in told]
    for text in case.get("says", ()):
        assert text in [message["text"] for message in told]
    # history knows nothing of what was late, and of checks that were too rare
    if not any("logged" in line for line in case["traffic"]) and case["checks"]["every"] < 60:
        assert told == told_by_history(tmp_path, store, book_of(shelf["book"]), shelf, case)


def test_every_founding_rule_and_every_metric_has_its_cases() -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in (CASES / "alerts").glob("*.yaml")}

    assert set(FOUNDING) <= files.keys()
    assert [] == [name for name in metrics() if not any(f"metric: {name}" in text for text in files.values())]
