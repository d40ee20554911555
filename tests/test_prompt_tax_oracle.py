"""prompt-tax against an oracle: plain Python, written from its document alone, over logs that hypothesis invents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.detect import detect, detectors
from llmcost.store import Store
from tests.oracles import prompt_tax
from tests.oracles.invented import Bench, Record, together

NAME = "prompt-tax"
SHOWN = ", ".join(f"found.{column}" for column in prompt_tax.COLUMNS)


def test_prompt_tax_finds_to_the_last_digit_what_its_document_says(store: Store, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(logs=st.lists(prompt_tax.logs(), min_size=8, max_size=25), params=st.sampled_from(prompt_tax.SETTINGS))
    def agree(logs: list[list[Record]], params: dict[str, Any]) -> None:
        bench.fill(together(logs))
        hits = detect(store, bench.book(prompt_tax.BOOK), [detectors()[NAME]], settings={NAME: params})
        assert not hits.cannot_run
        actual = bench.records(
            f"select case_id, {SHOWN} from {hits.tables[NAME]} as found join scope using (dedupe_key)"
        )
        expected = prompt_tax.found(bench.records("select scope.* from scope"), params)

        assert expected == {row.pop("case_id"): row for row in actual}

    agree()
