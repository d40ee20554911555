"""Each format's fixture and each sample against rows worked out by hand, one YAML file a case."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import Summary, ingest
from llmcost.store import Store
from tests.conftest import CASES, SAMPLES
from tests.shelves import fixture_of, read_yaml


def cases(folder: str) -> list[Any]:
    files = sorted((CASES / folder).glob("*.yaml"))
    return [pytest.param(read_yaml(file), id=file.stem) for file in files]


@pytest.mark.parametrize("case", cases("formats"))
def test_a_fixture_becomes_the_rows_worked_out_by_hand(store: Store, case: dict[str, Any]) -> None:
    check(store, fixture_of(case), case)


@pytest.mark.parametrize("case", cases("samples"))
def test_a_sample_becomes_the_rows_worked_out_by_hand(store: Store, case: dict[str, Any]) -> None:
    check(store, SAMPLES / case["file"], case)


def check(store: Store, file: Path, case: dict[str, Any]) -> None:
    """Ingest a file and compare counts, sums and named requests with the case."""
    summary = ingest(store, [str(file)])

    assert {case["format"]: 1} == dict(summary.formats)
    assert counts(case) == counted(summary)
    # whatever a line holds, it is a request, passed over or rejected
    assert summary.read >= json_lines(file)
    for expression, expected in case.get("sums", {}).items():
        assert expected == plain(store.value(f"select {expression} from requests")), expression
    for request_id, expected in case["requests"].items():
        columns = ", ".join(expected)
        rows = store.rows(f"select {columns} from requests where request_id = $1", [str(request_id)])
        assert len(rows) == 1, f"{request_id}: {len(rows)} rows"
        assert expected == dict(zip(expected, map(plain, rows[0]), strict=True)), request_id


def json_lines(file: Path) -> int:
    """Count the lines of a file if all of them are JSON objects; else 0."""
    try:
        found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError:
        return 0
    return len(found) if all(isinstance(record, dict) for record in found) else 0


def counts(case: dict[str, Any]) -> dict[str, Any]:
    """What a case says came of the file; what it does not name is 0."""
    names = ("new", "duplicates", "rejected", "ambiguous")
    return {name: case.get(name, 0) for name in names} | {"passed_over": case.get("passed_over", {})}


def counted(summary: Summary) -> dict[str, Any]:
    """What ingest says came of it, the same way."""
    return {
        "new": summary.new,
        "duplicates": summary.duplicates,
        "rejected": summary.rejected,
        "ambiguous": summary.ambiguous,
        "passed_over": {reason: count for (_, reason), count in summary.passed_over.items()},
    }


def plain(value: Any) -> Any:
    """Write a value as a case does: money without trailing zeros and times as text."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)
