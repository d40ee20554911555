"""More detectors against oracles: plain Python, written from a document alone, over logs that hypothesis invents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.detect import detect, detectors
from llmcost.store import Store
from tests.oracles import duplicates, embeddings, model_mismatch
from tests.oracles.invented import Bench, Record, together
from tests.test_detector_oracles import Oracle

EXAMPLES = 18
ORACLES = {
    "embeddings": Oracle(
        embeddings.found,
        embeddings.COLUMNS,
        embeddings.logs(),
        st.sampled_from(embeddings.SETTINGS),
        embeddings.BOOK,
        logs_at_once=60,
    ),
    "duplicates": Oracle(
        duplicates.found,
        duplicates.COLUMNS,
        duplicates.logs(),
        st.sampled_from(duplicates.SETTINGS),
        duplicates.BOOK,
        logs_at_once=60,
    ),
    "model-mismatch": Oracle(
        model_mismatch.found,
        model_mismatch.COLUMNS,
        model_mismatch.logs(),
        model_mismatch.SETTINGS,
        model_mismatch.BOOK,
        logs_at_once=40,
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Store() as store:
        yield Bench(store, tmp_path_factory.mktemp("oracles"))


@pytest.mark.parametrize("name", ORACLES)
def test_a_detector_finds_to_the_last_digit_what_its_document_says(bench: Bench, name: str) -> None:
    oracle = ORACLES[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        logs=st.lists(oracle.logs, min_size=oracle.logs_at_once // 2, max_size=oracle.logs_at_once),
        params=oracle.params,
    )
    def agree(logs: list[list[Record]], params: dict[str, Any]) -> None:
        bench.fill(together(logs))
        hits = detect(bench.store, bench.book(oracle.book), [detectors()[name]], settings={name: params})
        if hits.cannot_run:
            return
        shown = ", ".join(f"found.{column}" for column in oracle.columns)
        actual = bench.records(
            f"select case_id, {shown} from {hits.tables[name]} as found join scope using (dedupe_key)"
        )
        expected = oracle.found(bench.records("select scope.* from scope"), params)

        assert expected == {row.pop("case_id"): row for row in actual}

    agree()
