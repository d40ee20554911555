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
from llmcost.report.view import views
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


def four_requests(folder: Path) -> Path:
    """Log gpt-4o with 1,000 tokens in and 100 out, $0.0035 each: twice by team a, once by b; and a's refused one."""
    shared = {
        **{"llmcost": 1, "provider_name": "openai", "request_model": "gpt-4o", "status": "ok"},
        **{"input_tokens": 1000, "output_tokens": 100},
    }
    refused = {"status": "error", "http_status_code": 429, "input_tokens": None, "output_tokens": None}
    rows: list[dict[str, object]] = [
        {"started_at": "2026-11-02T23:30:00Z", "ended_at": "2026-11-02T23:30:02Z", "team_id": "a", "is_stream": True},
        {"started_at": "2026-11-04T08:00:00Z", "ended_at": "2026-11-04T08:00:04Z", "team_id": "a", "is_stream": True},
        {"started_at": "2026-11-04T09:00:00Z", "ended_at": "2026-11-04T09:00:06Z", "team_id": "b"},
        {"started_at": "2026-11-04T10:00:00Z", "team_id": "a", **refused},
    ]
    log = folder / "four.jsonl"
    lines = [json.dumps({**shared, "request_id": f"r{number}", **row}) for number, row in enumerate(rows)]
    log.write_text("\n".join(lines), encoding="utf-8")
    return log


def test_time_goes_by_days_of_a_zone_and_gaps_are_days(tmp_path: Path) -> None:
    with llmcost.open(logs=[four_requests(tmp_path)]) as database:
        utc = database.report(over="day", where=["status=ok"])
        berlin = database.report(over="day", where=["status=ok"], tz="Europe/Berlin")

    # half past eleven at night in London is the next day in Berlin; two requests are $0.0070
    assert [
        (date(2026, 11, 2), 1, Decimal("0.0035"), 0.0035),
        (date(2026, 11, 3), 0, Decimal(0), None),
        (date(2026, 11, 4), 2, Decimal("0.0070"), 0.0035),
    ] == utc.select("day", "requests", "cost_usd", "cost_per_request_usd").rows()
    assert [date(2026, 11, 3), date(2026, 11, 4)] == berlin["day"].to_list()


def test_every_view_is_there_by_its_own_groups_or_others(tmp_path: Path) -> None:
    with llmcost.open(logs=[four_requests(tmp_path)]) as database:
        overview = database.report(view="overview").row(0, named=True)
        latency = database.report(["model", "stream"], view="latency").sort("stream", nulls_last=True)
        errors = database.report([], view="errors").row(0, named=True)
        whole = database.report([])

    # of four one failed; three answers took 2, 4 and 6 seconds
    assert ("openai", "gpt-4o", 4, 0.25, 4000.0) == tuple(
        overview[name] for name in ("provider", "model", "requests", "error_share", "latency_p50_ms")
    )
    # half of the streamed ones took no longer than 2 seconds
    assert [("gpt-4o", True, 2, 2000.0, 4000.0), ("gpt-4o", None, 1, 6000.0, 6000.0)] == latency.select(
        "model", "stream", "requests", "latency_p50_ms", "latency_p95_ms"
    ).rows()
    assert ("rate_limit", 1, 4, datetime(2026, 11, 4, 10)) == tuple(
        errors[name] for name in ("error_kind", "errors", "requests", "last_error_at")
    )
    assert [(4, Decimal("0.0105"))] == whole.select("requests", "cost_usd").rows()


def test_what_is_not_among_the_largest_is_one_row_in_the_end(tmp_path: Path) -> None:
    with llmcost.open(logs=[four_requests(tmp_path)]) as database:
        frame = database.report(["team"], top=1)

    assert [("a", 3, Decimal("0.0070")), ("other (1)", 1, Decimal("0.0035"))] == frame.select(
        "team", "requests", "cost_usd"
    ).rows()


def test_prices_of_another_day_and_the_totals_of_a_view(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "format: llmcost-pricing/1\nmodels:\n  - provider: openai\n    model: gpt-4o\n    prices:\n"
        "      - {input: 5, output: 15}\n      - {from: 2026-01-01, input: 2.5, output: 10}\n",
        encoding="utf-8",
    )
    with llmcost.open(logs=[four_requests(tmp_path)]) as database:
        then = database.report([], prices_as_of=date(2025, 6, 1), where=["team=b"], pricing=own)
        totals = database.spend(None, view="latency").totals

    # 1,000 x 5 + 100 x 15 are 6,500 micro-USD
    assert [Decimal("0.0065")] == then["cost_usd"].to_list()
    assert 3 == totals["timed_requests"]


TYPES = {
    "_usd": pl.Decimal(38, 21),
    "_share": pl.Float64,
    "_ms": pl.Float64,
    "_tokens": pl.Int64,
    "requests": pl.Int64,
    "_at": pl.Datetime("us"),
    "stream": pl.Boolean,
    "day": pl.Date,
    "is_batch": pl.Boolean,
    "http_status_code": pl.Int64,
}


@pytest.mark.parametrize("view", views())
@pytest.mark.parametrize("where", [[], ["model=none"]])
def test_names_say_types_whether_there_are_rows_or_not(db: Path, view: str, where: list[str]) -> None:
    with llmcost.open(db) as database:
        frame = database.report(["is_batch", "http_status_code"], view=view, over="day", where=where)

    assert ["day", "is_batch", "http_status_code"] == frame.columns[:3]
    for name, kind in frame.schema.items():
        expected = next((TYPES[unit] for unit in TYPES if name.endswith(unit)), None)
        assert kind == (pl.Float64 if "_per_" in name else expected or kind), name


def test_a_view_that_does_not_exist_is_refused(db: Path) -> None:
    with llmcost.open(db) as database:
        for asked in ({"view": "costs"}, {"over": "year"}, {"tz": "Mars/Olympus"}, {"top": 0}, {"by": ["colour"]}):
            with pytest.raises(UsageError):
                database.report(**asked)
