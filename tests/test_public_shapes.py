"""Records as others write them, and what they put around them: nothing changes by it, or vanishes without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import InputError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import CASES
from tests.shelves import read_yaml

PUBLIC = [case for name in ("wrappers", "shapes", "tracers") for case in read_yaml(CASES / "public" / f"{name}.yaml")]


@pytest.mark.parametrize("case", PUBLIC, ids=lambda case: case.get("says") or case["trap"])
def test_records_are_found_in_what_wraps_them(store: Store, tmp_path: Path, case: dict[str, Any]) -> None:
    count, line = case.get("repeat", (0, ""))
    log = tmp_path / "log"
    log.write_text(f"{line}\n" * count + case["text"], encoding="utf-8")
    more = case.get("more", [])
    for number, text in enumerate(more):
        (tmp_path / f"log-{number}").write_text(text, encoding="utf-8")

    if case["format"] is None:
        with pytest.raises(InputError, match="not in a format that llmcost knows"):
            ingest(store, [str(tmp_path)])
        return
    summary = ingest(store, [str(tmp_path)])

    assert {case["format"]: 1 + len(more)} == dict(summary.formats)
    over = case.get("passed_over", {}) | ({"of another kind": case["others"]} if "others" in case else {})
    assert over == {reason: n for (_, reason), n in summary.passed_over.items()}
    assert case.get("rejected", 0) == summary.rejected
    found = store.rows("select request_id, input_tokens, output_tokens from requests")
    if "requests" in case:
        assert case["requests"] == {id: list(counts) for id, *counts in found}
    for expression, expected in case.get("sums", {}).items():
        assert expected == store.value(f"select {expression} from requests"), expression
