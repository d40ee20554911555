"""`llmcost report requests`: the first requests by any column, each with what it cost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.logs import Record, write, write_log

# gpt-4o: $2.5 for 1M tokens in, $1.25 from the cache, $10 out
DEAR = Decimal("0.25")  # 100,000 in
MIXED = Decimal("0.0285")  # 8,000 in at full price and 2,000 from the cache, 600 out: 0.02 + 0.0025 + 0.006
SMALL = Decimal("0.0025")  # 1,000 in


def sent(number: int, **fields: Any) -> Record:
    at = f"2026-10-0{number}T12:00:00Z"
    spoken = {"provider_name": "openai", "request_model": "gpt-4o", "input_tokens": 1000, "output_tokens": 0}
    return {"llmcost": 1, "request_id": f"r{number}", "started_at": at, "api_key_alias": "chat", **spoken, **fields}


REQUESTS = [
    sent(1),
    sent(2, input_tokens=100_000, api_key_alias="search", ended_at="2026-10-02T12:00:03Z"),
    # nobody knows what this one cost
    sent(3, request_model="house-model", input_tokens=900_000),
    sent(4, input_tokens=10_000, cache_read_input_tokens=2000, output_tokens=600, ended_at="2026-10-04T12:00:09Z"),
    sent(5, status="error", http_status_code=500, input_tokens=None, output_tokens=None, team_id="ops"),
]


@pytest.fixture
def spent(llmcost: Run, tmp_path: Path) -> Run:
    write_log(tmp_path / "log.jsonl", REQUESTS)
    assert llmcost("ingest", "log.jsonl").returncode == 0
    return llmcost


def ids(done: Any) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [json.loads(text)["request_id"] for text in done.stdout.splitlines()]


def test_the_dearest_requests_come_first_and_what_has_no_price_last(spent: Run) -> None:
    done = spent("report", "requests", "-f", "json")
    found = json.loads(done.stdout, parse_float=Decimal)

    # of the failed one it is known that it cost nothing
    assert [("r2", DEAR), ("r4", MIXED), ("r1", SMALL), ("r5", 0), ("r3", None)] == [
        (row["request_id"], row["cost_usd"]) for row in found["rows"]
    ]
    assert {
        "request_id": "r4",
        "started_at": "2026-10-04T12:00:00Z",
        "key": "chat",
        "model": "gpt-4o",
        "input_tokens": 10_000,
        "cached_tokens": 2000,
        "output_tokens": 600,
        "total_tokens": 10_600,
        "latency_ms": 9000,
        "status": "ok",
        "cost_usd": MIXED,
    } == found["rows"][1]
    assert (5, 0) == (found["of_requests"], found["more_requests"])
    assert DEAR + MIXED + SMALL == found["totals"]["cost_usd"]


def test_a_price_that_is_not_known_is_never_nothing(spent: Run) -> None:
    done = spent("report", "requests", "--where", "model=house-model", env={"COLUMNS": "160"})

    assert "$0" not in done.stdout
    assert "\u2013" == done.stdout.splitlines()[3].split()[-1]
    assert "unpriced" in done.stderr


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("-cost_usd", ["r2", "r4"]),
        ("cost", ["r5", "r1"]),
        ("-tokens", ["r3", "r2"]),
        ("-latency", ["r4", "r2"]),
        ("latency_ms", ["r2", "r4"]),
        ("-started_at", ["r5", "r4"]),
        ("key,-cost_usd", ["r4", "r1"]),
    ],
)
def test_they_are_sorted_by_any_column_before_the_first_are_taken(spent: Run, sort: str, first: list[str]) -> None:
    assert first == ids(spent("report", "requests", "--sort", sort, "--top", "2", "-f", "jsonl"))


def test_requests_are_chosen_as_everywhere(spent: Run) -> None:
    words = ("report", "requests", "--where", "key=chat", "--since", "2026-10-02", "--until", "2026-10-05")

    assert ["r4", "r3"] == ids(spent(*words, "-f", "jsonl"))
    assert ["r4", "r3"] == ids(spent(*words, "log.jsonl", "-f", "jsonl"))


def test_what_stands_beside_a_request_may_be_chosen(spent: Run) -> None:
    done = spent("report", "requests", "--by", "team,day,status", "--where", "team=ops", "-f", "jsonl")
    (row,) = [json.loads(text) for text in done.stdout.splitlines()]

    assert ["request_id", "started_at", "team", "day"] == list(row)[:4]
    assert ("ops", "2026-10-05", "error") == (row["team"], row["day"], row["status"])
    assert "key" not in row


def test_how_many_more_there_are_is_said_and_where_the_arithmetic_is(spent: Run) -> None:
    done = spent("report", "requests", "--top", "2", "-f", "csv")

    # 0.25 + 0.0285 of 0.281
    assert "requests: 2 of 5, $0.28 of $0.28; 3 more, --top N shows them" in done.stderr
    assert "llmcost show ID" in done.stderr
    assert 3 == len(done.stdout.splitlines())
    whole = spent("report", "requests", "-f", "csv")
    assert "more" not in whole.stderr


def test_sums_of_requests_are_no_requests(llmcost: Run, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", [*REQUESTS[:2], sent(6, is_sum=True, input_tokens=5_000_000)])
    done = llmcost("report", "requests", "log.jsonl", "-f", "jsonl")

    assert ["r2", "r1"] == ids(done)
    assert "not listed: 1 request of which only the sum of a run, a day or a pruned time is known" in done.stderr


def test_requests_of_one_cost_have_one_order(llmcost: Run, tmp_path: Path) -> None:
    alike = [sent(1, request_id=f"x{number:02}") for number in range(40)]
    write_log(tmp_path / "log.jsonl", alike)

    assert [f"x{number:02}" for number in range(20)] == ids(llmcost("report", "requests", "log.jsonl", "-f", "jsonl"))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_they_fit_the_terminal(spent: Run, width: int) -> None:
    done = spent("report", "requests", env={"COLUMNS": str(width)})

    assert max(map(len, done.stdout.splitlines())) <= width
    # what one of them cost is the last to go, with the decimals that tell the smallest
    assert ["$0.25000", "$0.02850", "$0.00250"] == [line.split()[-1] for line in done.stdout.splitlines()[3:6]]


@pytest.mark.parametrize("format", ["table", "md", "tsv", "parquet", "xlsx", "html"])
def test_every_format_has_them(spent: Run, tmp_path: Path, format: str) -> None:
    done = spent("report", "requests", "-f", format, "-o", "out")

    assert done.returncode == 0, done.stderr
    assert format == "xlsx" or b"r4" in (tmp_path / "out").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--over", "day"), "--over: requests are listed one by one"),
        (("--since", "2026-10-03", "--compare", "previous"), "--compare: requests are listed one by one"),
        (("--assume", "house-model=gpt-4o"), "--assume: requests are listed one by one"),
        (("--by", "tag"), "--by tag: a request has several tags"),
        (("--by", "colour"), "colour: no such column"),
        (("--top", "0"), "--top 0: not a number of requests"),
        (("--top", "10001"), "--top 10001: at most 10,000 requests"),
        (("--sort", "colour"), "--sort colour: no such column"),
        (("--columns", "colour"), "--columns colour: no such column"),
    ],
)
def test_what_makes_no_sense_of_requests_is_refused(spent: Run, words: tuple[str, ...], says: str) -> None:
    done = spent("report", "requests", *words)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "hint: " in done.stderr


def test_prices_of_another_day_and_the_query_behind_it(spent: Run, tmp_path: Path) -> None:
    prices = "[{input: 5, output: 15}, {from: 2026-01-01, input: 2.5, output: 10}]"
    write(
        tmp_path / "own.yaml",
        f"format: llmcost-pricing/1\nmodels:\n  - {{provider: openai, model: gpt-4o, prices: {prices}}}\n",
    )
    then = spent(
        *("report", "requests", "--pricing", "own.yaml", "--prices-as-of", "2025-06-01"),
        *("--where", "key=search", "-f", "jsonl"),
    )

    assert Decimal("0.5") == json.loads(then.stdout, parse_float=Decimal)["cost_usd"]
    assert "from scope" in spent("report", "requests", "--sql").stdout


def test_nothing_is_told_of_an_empty_selection_but_why(spent: Run) -> None:
    done = spent("report", "requests", "--where", "key=nobody")

    assert (0, "no rows\n") == (done.returncode, done.stdout)
    assert "no request has key=nobody" in done.stderr
    assert "llmcost show" not in done.stderr
