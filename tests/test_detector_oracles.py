"""Each detector against an oracle: plain Python, written from its document alone, over logs that hypothesis invents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.detect import detect, detectors
from llmcost.store import Store
from tests.oracles import (
    context_bloat,
    counted_retries,
    duplicates,
    embeddings,
    invented,
    model_mismatch,
    prompt_tax,
    retries,
)
from tests.oracles.invented import Bench, Record, together
from tests.shelves import shipped

Params = dict[str, Any]


@dataclass(frozen=True)
class Oracle:
    """What is to be found: `found` gives rows of `columns` by case_id for the requests of the store and parameters."""

    found: Callable[[Sequence[Record], Params], dict[str, Record]]
    columns: tuple[str, ...]
    logs: st.SearchStrategy[list[Record]]
    params: st.SearchStrategy[Params]
    book: str = invented.BOOK
    logs_at_once: tuple[int, int] = (1, 30)
    examples: int = 25


ORACLES = {
    "retries": Oracle(
        counted_retries.found,
        retries.COLUMNS,
        counted_retries.logs(),
        st.sampled_from(counted_retries.SETTINGS),
    ),
    "embeddings": Oracle(
        embeddings.found,
        embeddings.COLUMNS,
        embeddings.logs(),
        st.sampled_from(embeddings.SETTINGS),
        embeddings.BOOK,
        logs_at_once=(30, 60),
        examples=18,
    ),
    "duplicates": Oracle(
        duplicates.found,
        duplicates.COLUMNS,
        duplicates.logs(),
        st.sampled_from(duplicates.SETTINGS),
        duplicates.BOOK,
        logs_at_once=(30, 60),
        examples=18,
    ),
    "model-mismatch": Oracle(
        model_mismatch.found,
        model_mismatch.COLUMNS,
        model_mismatch.logs(),
        model_mismatch.SETTINGS,
        model_mismatch.BOOK,
        logs_at_once=(20, 40),
        examples=18,
    ),
    "prompt-tax": Oracle(
        prompt_tax.found,
        prompt_tax.COLUMNS,
        prompt_tax.logs(),
        st.sampled_from(prompt_tax.SETTINGS),
        prompt_tax.BOOK,
        logs_at_once=(8, 25),
    ),
    "context-bloat": Oracle(
        context_bloat.found,
        context_bloat.COLUMNS,
        context_bloat.logs(),
        context_bloat.SETTINGS,
        context_bloat.BOOK,
        logs_at_once=(20, 40),
        examples=18,
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Store() as store:
        yield Bench(store, tmp_path_factory.mktemp("oracles"))


def test_every_detector_that_is_shipped_has_an_oracle() -> None:
    assert shipped("detector", detectors()) <= set(ORACLES) <= set(detectors())


@pytest.mark.parametrize("name", ORACLES)
def test_a_detector_finds_to_the_last_digit_what_its_document_says(bench: Bench, name: str) -> None:
    oracle = ORACLES[name]
    fewest, most = oracle.logs_at_once

    @settings(max_examples=oracle.examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(logs=st.lists(oracle.logs, min_size=fewest, max_size=most), params=oracle.params)
    def agree(logs: list[list[Record]], params: Params) -> None:
        bench.fill(together(logs))
        hits = detect(bench.store, bench.book(oracle.book), {name: detectors()[name]}, [name], settings={name: params})
        if hits.cannot_run:
            return
        shown = ", ".join(f"found.{column}" for column in oracle.columns)
        actual = hits.scope.records(
            f"select case_id, {shown} from found join scope using (dedupe_key)", {"found": hits.by_detector[name]}
        )
        requests = hits.scope.records("select scope.* from scope")
        expected = oracle.found(requests, params)

        assert expected == {row.pop("case_id"): row for row in actual}

    agree()
