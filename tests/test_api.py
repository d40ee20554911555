"""The Python API returns typed Polars frames."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import llmcost
from llmcost.errors import StoreError, UsageError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIRST, FIXTURES


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "llmcost.duckdb"
    with Store(path) as store:
        ingest(store, [str(file) for file in FIRST])
    return path


def test_a_report_is_a_frame_with_exact_costs(db: Path) -> None:
    with llmcost.open(db) as database:
        frame = database.report(by=["model"])

    assert isinstance(frame, pl.DataFrame)
    assert pl.Decimal(38, 21) == frame.schema["cost_usd"]
    assert pl.Int64 == frame.schema["input_tokens"]
    assert Decimal("0.3861") == frame.row(by_predicate=pl.col("model") == "claude-opus-4-6", named=True)["cost_usd"]


def test_columns_are_named_as_they_were_asked_for_and_typed(db: Path) -> None:
    with llmcost.open(db) as database:
        frame = database.report(by=["team", "day"], since="2026-11-02", until=datetime(2026, 11, 3))

    assert frame.columns[:3] == ["team", "day", "requests"]
    assert {date(2026, 11, 2)} == set(frame["day"])


def test_an_empty_report_keeps_its_types(db: Path) -> None:
    with llmcost.open(db) as database:
        frame = database.report(by=["model"], where=["model=none"])

    assert (0, pl.Decimal(38, 21)) == (frame.height, frame.schema["cost_usd"])


def test_logs_can_be_read_without_a_store() -> None:
    with llmcost.open(logs=[FIXTURES / "openai.jsonl"]) as database:
        coverage = database.spend().coverage

        assert database.summary is not None and database.summary.new == 5
        assert (coverage.requests, coverage.priced_requests) == (5, 5)


def test_mistakes_are_named(db: Path, tmp_path: Path) -> None:
    with llmcost.open(db) as database, pytest.raises(UsageError, match="a list of columns"):
        database.report(by="model")
    with pytest.raises(StoreError, match="no such store"):
        llmcost.open(tmp_path / "none.duckdb")
    with pytest.raises(UsageError, match="one of the two"):
        llmcost.open()


def cut_off_and_asked_again(folder: Path) -> Path:
    """Log two attempts of gpt-4o, of 1,000 tokens in and 100 out: $0.0035 each."""
    shared = {
        "llmcost": 1,
        "provider_name": "openai",
        "request_model": "gpt-4o",
        "prompt_hash": "p",
        "input_tokens": 1000,
    }
    log = folder / "log.jsonl"
    log.write_text(
        "\n".join(
            json.dumps(
                {**shared, "output_tokens": 100, "finish_reason": finish, "request_id": finish, "started_at": at}
            )
            for finish, at in (("length", "2026-11-02T12:00:00Z"), ("stop", "2026-11-02T12:00:05Z"))
        ),
        encoding="utf-8",
    )
    return log


def test_waste_is_a_frame_of_requests(tmp_path: Path) -> None:
    with llmcost.open(logs=[cut_off_and_asked_again(tmp_path)]) as database:
        found = database.detect(["retries"])
        all_found = database.detect()
        saved = database.savings()
        quiet = database.detect(["retries"], settings={"retries": {"max_gap_seconds": 4}})

    assert found.rows(named=True)[0]["request_id"] == "length"
    assert pl.Decimal(38, 21) == found.schema["saving_usd"]
    assert found["saving_usd"].to_list() == [Decimal("0.0035")]
    assert all_found.filter(pl.col("detector") == "retries").equals(found)
    # gpt-4.1 succeeded gpt-4o and would take 1,000 x 2 + 100 x 8 for the second request: $0.0028 instead of $0.0035
    assert (saved.totals["saving_usd"], saved.totals["remaining_usd"]) == (Decimal("0.0042"), Decimal("0.0028"))
    assert quiet.is_empty()


def test_a_detector_that_does_not_exist_is_refused(db: Path) -> None:
    with llmcost.open(db) as database:
        for wrong in ("retries", ["retrys"]):
            with pytest.raises(UsageError):
                database.detect(wrong)
