"""Each format's invented fixture and what becomes of it, worked out by hand."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import Options, ingest
from llmcost.store import Store
from tests.conftest import FIXTURES

COLUMNS = "input_tokens, cache_read_input_tokens, cache_write_input_tokens, output_tokens, usage_basis, usage_source"


def stored(store: Store, request_id: str, columns: str = COLUMNS) -> tuple[Any, ...]:
    (row,) = store.rows(f"select {columns} from requests where request_id = $1", [request_id])
    return row


@pytest.mark.parametrize(
    ("name", "rows"), [("litellm", 34), ("litellm_spend_logs", 3), ("openai", 5), ("anthropic", 3)]
)
def test_every_record_of_a_fixture_becomes_a_request(store: Store, name: str, rows: int) -> None:
    summary = ingest(store, [str(FIXTURES / f"{name}.jsonl")])

    assert (rows, 0, []) == (summary.new, summary.duplicates, summary.rejects)
    assert {name: 1} == dict(summary.formats)


def test_litellm_input_includes_the_cache(store: Store) -> None:
    ingest(store, [str(FIXTURES / "litellm.jsonl")])

    total, read, write, _, basis, source = stored(store, "chatcmpl-invented-0003")
    assert (read, write, basis, source) == (2000, 1000, "inclusive", "provider")
    assert total >= read + write


def test_litellm_of_2025_left_cache_writes_outside(store: Store) -> None:
    ingest(store, [str(FIXTURES / "litellm_spend_logs.jsonl")])

    # 1,500 reported holds the 1,000 read but not the 800 written: 2,300 in all
    assert stored(store, "spend-invented-2") == (2300, 1000, 800, 200, "writes_outside", "provider")


def test_a_failed_attempt_has_no_usage(store: Store) -> None:
    ingest(store, [str(FIXTURES / "litellm.jsonl"), str(FIXTURES / "litellm_spend_logs.jsonl")])

    for name in ("failed-invented-0", "spend-invented-3"):
        assert stored(store, name, "input_tokens, output_tokens, usage_source, status") == (
            None,
            None,
            "missing",
            "error",
        )


def test_only_a_stream_has_a_first_token(store: Store) -> None:
    ingest(store, [str(FIXTURES / "litellm.jsonl")])

    rows = store.rows("select is_stream, bool_and(first_token_at is not null) from requests group by all order by 1")
    assert rows == [(False, False), (True, True)]


def test_openai_input_includes_the_cache_and_output_the_reasoning(store: Store) -> None:
    ingest(store, [str(FIXTURES / "openai.jsonl")])

    assert stored(store, "chatcmpl-raw-1") == (2000, 1024, None, 150, "inclusive", "provider")
    assert stored(store, "resp_raw_2", "output_tokens, reasoning_output_tokens, service_tier") == (741, 640, "flex")


def test_xai_counts_reasoning_beside_the_completion(store: Store) -> None:
    ingest(store, [str(FIXTURES / "openai.jsonl")])

    # 12 + 1 + 228 = 241: the total proves it
    assert stored(store, "grok-raw-3", "output_tokens, reasoning_output_tokens, provider_name") == (229, 228, "x-ai")


def test_two_equal_embeddings_without_an_id_are_two_requests_and_stay_two(store: Store, tmp_path: Path) -> None:
    ingest(store, [str(FIXTURES / "openai.jsonl")])
    copy = tmp_path / "renamed.log"
    copy.write_bytes((FIXTURES / "openai.jsonl").read_bytes())

    summary = ingest(store, [str(copy)])

    assert (summary.new, summary.duplicates) == (0, 5)
    assert store.value("select count(*) from requests where operation_name = 'embeddings'") == 2


def test_anthropic_input_leaves_the_cache_out(store: Store) -> None:
    ingest(store, [str(FIXTURES / "anthropic.jsonl")])

    # 100 + 10,000 read + 2,000 written
    assert stored(store, "msg_raw_1") == (12100, 10000, 2000, 300, "exclusive", "provider")
    assert stored(store, "msg_raw_1", "cache_write_5m_input_tokens, cache_write_1h_input_tokens") == (1500, 500)


def test_anthropic_iterations_are_counted_each_at_its_own_model(store: Store) -> None:
    ingest(store, [str(FIXTURES / "anthropic.jsonl")])

    columns = "response_model, input_tokens, output_tokens, usage_basis"
    # the top level says 700 in; the compaction's 60,000 stand in the iterations alone
    assert stored(store, "msg_raw_2", columns) == ("claude-opus-4-6", 60700, 1900, "iterations")
    assert stored(store, "msg_raw_2#claude-opus-4-7", columns) == ("claude-opus-4-7", 2700, 900, "iterations")


def test_a_body_without_a_time_takes_the_files_and_says_so(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_text(
        '{"id":"m","type":"message","model":"claude-opus-5","usage":{"input_tokens":1,"output_tokens":1}}\n',
        encoding="utf-8",
    )

    ingest(store, [str(log)])

    assert [(True, int(log.stat().st_mtime))] == store.rows(
        "select is_file_time, cast(floor(epoch(started_at)) as bigint) from requests"
    )


def with_key(file: Path, key: str, folder: Path) -> str:
    """Copy a fixture, its metadata's `test_case` under another key."""
    copy = folder / file.name
    copy.write_text(file.read_text(encoding="utf-8").replace("test_case", key), encoding="utf-8")
    shutil.copystat(file, copy)  # what is logged without a time has the file's
    return str(copy)


NAMED = [file for file in sorted(FIXTURES.iterdir()) if "test_case" in file.read_text(encoding="utf-8")]


@cache
def cases_of(file: Path) -> Counter[tuple[Any, ...]]:
    return names_of(str(file), "case_id")


def names_of(log: str, column: str, options: Options | None = None) -> Counter[tuple[Any, ...]]:
    with Store() as store:
        ingest(store, [log], options=options)
        return Counter(store.rows(f"select started_at, {column} from requests"))


@pytest.mark.parametrize("file", NAMED, ids=[file.name for file in NAMED])
def test_what_names_the_case_names_its_run_too(file: Path, tmp_path: Path) -> None:
    assert any(name is not None for _, name in cases_of(file))
    assert cases_of(file) == names_of(with_key(file, "test_run", tmp_path), "case_run")


@pytest.mark.parametrize("file", NAMED, ids=[file.name for file in NAMED])
def test_the_case_may_stand_under_another_key(file: Path, tmp_path: Path) -> None:
    assert cases_of(file) == names_of(with_key(file, "my-eval_id", tmp_path), "case_id", Options(case_key="my-eval_id"))


def test_the_case_may_stand_under_a_key_that_is_read_as_something_else_too(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    span = json.loads((FIXTURES / "otel_console.jsonl").read_text(encoding="utf-8").splitlines()[0])
    span["attributes"]["metadata"] = '{"session_id": "talk-1", "test_case": "case-1"}'
    log.write_text(json.dumps(span), encoding="utf-8")

    ingest(store, [str(log)], options=Options(case_key="session_id"))

    assert [("talk-1", "talk-1")] == store.rows("select case_id, session_id from requests")
