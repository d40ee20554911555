"""A baseline keeps what prices need, and nothing else: read back it costs what the traces cost, to the last digit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from llmcost.check.baseline import Baseline, cases_of
from llmcost.check.baseline_read import read_baseline
from llmcost.check.baseline_write import write_baseline
from llmcost.check.keys import Keys
from llmcost.check.query import queries
from llmcost.check.restore import restore
from llmcost.check.sides import Source
from llmcost.errors import InputError, LlmcostError, UsageError
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from tests.logs import write_log
from tests.traces import request

DAY = date(2026, 11, 20)
KEYS = Keys()


def baseline_of(store: Store, book: Book, keys: Keys = KEYS) -> Baseline:
    return Baseline(cases_of(Source(store, Filters(), keys).traced(book)), keys.named, DAY, datetime(2026, 11, 21, 8))


def measured(store: Store, book: Book, keys: Keys = KEYS) -> list[dict[str, Any]]:
    """Give what `runs` says at the prices of DAY; runs are counted, not named."""
    rows = Source(store, Filters(), keys).traced(book, DAY).records(queries()["runs"])
    return sorted(
        (
            {name: value for name, value in row.items() if name not in ("run_name", "system_prompt_chars")}
            for row in rows
        ),
        key=str,
    )


@pytest.mark.parametrize(
    "keys",
    [KEYS, Keys(case="format", run="file"), Keys(case="model", run="day", route="key")],
    ids=lambda keys: keys.named,
)
def test_what_is_read_back_costs_what_was_written(full: Store, book: Book, tmp_path: Path, keys: Keys) -> None:
    path = tmp_path / "baseline.json"
    made = baseline_of(full, book, keys)
    path.write_text("".join(write_baseline(made)), encoding="utf-8")

    found = read_baseline(path)

    assert made.cases == found.cases
    # milliseconds are kept of times
    expected = [{**row, "wall_us": rounded(row["wall_us"])} for row in measured(full, book, keys)]
    assert sorted(expected, key=str) == measured(restore(found), book)


def rounded(wall_us: int | None) -> int | None:
    return None if wall_us is None else round(wall_us / 1000) * 1000


def test_a_group_of_requests_is_a_line_and_a_constant_is_written_once(store: Store, book: Book, tmp_path: Path) -> None:
    log = write_log(
        tmp_path / "log.jsonl",
        [
            *(request("refund", run, output_tokens=200 + run) for run in (1, 2)),
            request("refund", 2, request_model="big"),
        ],
    )
    ingest(store, [str(log)])

    text = "".join(write_baseline(baseline_of(store, book)))

    # in the second run `big` was asked after `m`: it is the call 1 of it
    assert (
        '  {"call": 1, "input_tokens": 1000, "operation_name": "chat", "output_tokens": 100,'
        ' "provider_name": "acme", "request_model": "big", "requests": [0, 1]},\n'
        '  {"input_tokens": 1000, "operation_name": "chat", "output_tokens": [201, 202],'
        ' "provider_name": "acme", "request_model": "m", "requests": [1, 1]}\n'
    ) in text
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_the_order_of_a_log_changes_nothing(book: Book, tmp_path: Path) -> None:
    records = [request(f"case-{n % 3}", n % 2, output_tokens=n, request_id=f"r{n}") for n in range(12)]
    texts = []
    for name, found in (("a", records), ("b", records[::-1])):
        with Store() as store:
            ingest(store, [str(write_log(tmp_path / f"{name}.jsonl", found))])
            texts.append("".join(write_baseline(baseline_of(store, book))))

    assert texts[0] == texts[1]


def test_no_text_of_a_log_reaches_a_baseline(store: Store, book: Book, tmp_path: Path) -> None:
    secret = "violet-tortoise"
    log = write_log(
        tmp_path / "log.jsonl", [request("one", messages=[{"role": "user", "content": secret}], tags=[secret])]
    )
    ingest(store, [str(log)])

    assert secret not in "".join(write_baseline(baseline_of(store, book)))


GROUP: dict[str, Any] = {"operation_name": "chat", "requests": [1, 1], "output_tokens": [1, 2]}
WHOLE: dict[str, Any] = {
    "schema_version": 1,
    "kind": "llmcost.baseline",
    "created_at": "2026-11-21T08:00:00Z",
    "case_key": "metadata.test_case",
    "priced_on": "2026-11-20",
    "totals": {"cases": 1, "requests": 2},
    "cases": [{"id": "a", "runs": 2, "requests": [GROUP]}],
}


def with_group(**fields: Any) -> dict[str, Any]:
    return {**WHOLE, "cases": [{"id": "a", "runs": 2, "requests": [{**GROUP, **fields}]}]}


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ("{", InputError, "a broken baseline: Input data was truncated"),
        ("[]", InputError, 'a broken baseline: it is not of kind "llmcost.baseline"'),
        ({**WHOLE, "schema_version": 2}, UsageError, "a baseline of version 2; this llmcost reads 1"),
        ({**WHOLE, "cases": 7}, InputError, "Expected `array`, got `int` - at `$.cases`"),
        ({**WHOLE, "colour": "red"}, InputError, "Object contains unknown field `colour`"),
        ({**WHOLE, "cases": WHOLE["cases"] * 2}, InputError, "two cases have one id"),
        (with_group(output_tokens=[1]), InputError, "case a: output_tokens: 1 numbers for 2"),
        (with_group(output_tokens=-1), InputError, "Expected `int` >= 0 - at `$.cases[0].requests[0].output_tokens`"),
        (with_group(output_tokens=10**18), InputError, "Expected `int` <= 999999999999999999 - at"),
        (with_group(requests=[10**9, 1], output_tokens=1), InputError, "more than 10,000,000 requests or runs"),
        ({**WHOLE, "cases": [{"id": "a", "runs": 10**9, "requests": []}]}, InputError, "more than 10,000,000 requests"),
        ({**WHOLE, "cases": [{"id": "a", "runs": 0, "requests": []}]}, InputError, "Expected `int` >= 1"),
        (
            {**WHOLE, "cases": [{"id": "a", "runs": 1, "wall_ms": 10**13, "requests": []}]},
            InputError,
            "Expected `int` <",
        ),
        ({**WHOLE, "schema_version": "1"}, InputError, "Expected `int`, got `str` - at `$.schema_version`"),
        ("[" * 100_000, InputError, "a broken baseline: maximum recursion depth exceeded"),
        (with_group(requests=[1]), InputError, "case a: requests: a number for each of 2 runs is needed"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_refused(
    tmp_path: Path, content: Any, kind: type[LlmcostError], words: str
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    with pytest.raises(kind) as refused:
        read_baseline(path)

    assert words in refused.value.message
    assert str(path) in refused.value.message
    assert refused.value.hint


def test_a_baseline_that_is_not_there_is_a_mistake_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no baseline: No such file"):
        read_baseline(tmp_path / "none.json")


def test_a_baseline_of_every_field_is_read(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(WHOLE), encoding="utf-8")
    found = read_baseline(path)

    assert (2, (1, 2)) == (
        found.cases[0].runs,
        tuple(request.counts[8] for request in found.cases[0].groups[0].requests),
    )
    assert replace(found, created_at=datetime(2026, 1, 1)) != found
