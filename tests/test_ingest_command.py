"""`llmcost ingest` as a user runs it: its options, what it says, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import FIXTURES, Run
from tests.test_ingest import record


def test_a_limit_of_bad_lines_ends_it_with_3(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1) + b"oops\n" + record(2))

    borne = llmcost("ingest", "a.jsonl", "--max-bad-lines", "34%", "--db", "a.duckdb")
    passed = llmcost("ingest", "a.jsonl", "--max-bad-lines", "0", "--db", "b.duckdb")
    strict = llmcost("ingest", "a.jsonl", "--strict", "--db", "c.duckdb")

    assert (borne.returncode, passed.returncode, strict.returncode) == (0, 3, 3)
    assert f"{tmp_path.resolve()}/a.jsonl:2" in passed.stderr
    assert "1 bad line of 3" in strict.stderr


def test_strict_ends_with_4_where_a_request_has_no_cost(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1) + record(2, model="house-model", custom_llm_provider="acme"))

    done = llmcost("ingest", "a.jsonl", "--strict")

    assert (done.returncode, "1 of 2 requests has no cost" in done.stderr) == (4, True)


def test_a_home_made_log_is_read_by_a_map(llmcost: Run, tmp_path: Path) -> None:
    rows = [
        {"when": f"2026-11-01T12:00:0{n}Z", "llm": {"name": "gpt-4o-mini", "in": 1000, "out": 100}} for n in range(3)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "started_at: when\nrequest_model: llm.name\nprovider_name: =openai\n"
        "input_tokens: llm.in\noutput_tokens: llm.out\n",
        encoding="utf-8",
    )

    read = llmcost("ingest", "a.jsonl", "--map", "map.yaml")
    told = llmcost("report", "--by", "model", "-f", "json")

    assert (read.returncode, "3 new" in read.stdout) == (0, True)
    # 3 x (1,000 x $0.15 + 100 x $0.60) per million
    assert json.loads(told.stdout)["totals"]["cost_usd"] == 0.00063
    assert llmcost("ingest", "a.jsonl", "--map", "nowhere.yaml").returncode == 2


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ({"Gateway": "g", "Provider": "openai", "Model": "gpt-4o", "StatusCode": 200}, "Logpush"),
        ({"resourceMetrics": []}, "metrics"),
        ({"spend": 1.5, "api_requests": 3, "date": "2026-11-01"}, "daily sums"),
        ({"category": "RequestResponse", "operationName": "x"}, "no token counts"),
        ({"Model": "x", "Spend": 1.0}, "summed by model"),
    ],
)
def test_what_is_known_to_hold_no_requests_is_explained(
    llmcost: Run, tmp_path: Path, record: dict[str, object], word: str
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")

    done = llmcost("ingest", "a.jsonl")

    assert (done.returncode, word in done.stderr, "hint:" in done.stderr) == (3, True, True)


def test_records_that_are_no_calls_are_counted_with_the_reason(llmcost: Run) -> None:
    done = llmcost("ingest", FIXTURES / "codex.jsonl")

    assert done.returncode == 0
    assert "codex records: not a model call" in done.stderr


@pytest.mark.parametrize(
    "options",
    [["--on-duplicate", "both"], ["--text", "all"], ["--max-bad-lines", "few"], ["--tz", "Mars"], ["--format", "x"]],
)
def test_an_option_that_means_nothing_ends_with_2_and_a_word(llmcost: Run, options: list[str]) -> None:
    done = llmcost("ingest", FIXTURES / "openai.jsonl", *options)

    assert (done.returncode, options[0] in done.stderr, "Traceback" in done.stderr) == (2, True, False)
