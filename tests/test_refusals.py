"""Why DuckDB refuses a line is shown on demand, and never with a word of the line."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcost.ingest import ingest
from llmcost.ingest.bisect import DEBUG, REASON
from llmcost.ingest.format import formats
from llmcost.ingest.refusal import PHRASES, refusal_of, texts_of
from llmcost.store import Store
from tests.conftest import FIXTURES

# its last words are DuckDB's own
SECRET = 'the quokka\'s "fur" to DOUBLE'


def span_with(tmp_path: Path, key: str, value: str) -> str:
    """Write the fixture of console spans, an attribute or a field of its first span being `value`."""
    first, *others = (FIXTURES / "otel_console.jsonl").read_text(encoding="utf-8").splitlines()
    span = json.loads(first)
    (span if key in span else span["attributes"])[key] = value
    log = tmp_path / "a.jsonl"
    log.write_text("\n".join([json.dumps(span), *others]), encoding="utf-8")
    return str(log)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("gen_ai.usage.input_tokens", "ConversionException, Could not convert, to UINT64, to DOUBLE"),
        ("start_time", "ConversionException, invalid timestamp, to DOUBLE"),
    ],
)
@pytest.mark.parametrize("value", [SECRET, f"{SECRET}\n\nLINE 1: ^"])
def test_on_demand_a_reject_says_what_duckdb_says_without_the_value(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, said: str, value: str
) -> None:
    monkeypatch.setenv(DEBUG, "1")

    summary = ingest(store, [span_with(tmp_path, key, value)])

    (reject,) = summary.rejects
    assert f"{REASON} ({said})" == reject.reason
    assert "quokka" not in str(store.rows("from rejects"))


def test_nobody_who_does_not_ask_is_told_more_than_that_a_value_is_bad(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DEBUG, raising=False)

    summary = ingest(store, [span_with(tmp_path, "gen_ai.usage.input_tokens", SECRET)])

    assert [REASON] == [reject.reason for reject in summary.rejects]


def test_what_our_own_queries_raise_is_said_as_it_is() -> None:
    flag, missing = "neither true nor false", "the span id is missing"
    raised = [duckdb.InvalidInputException(f"Invalid Input Error: {text}") for text in (flag, missing)]

    assert [flag, missing] == [refusal_of(error, formats()["otlp"]) for error in raised]


@given(
    st.text() | st.lists(st.sampled_from([*PHRASES, "the quokka", ": ", " is missing", "chat"])).map("".join),
    st.sampled_from([duckdb.ConversionException, duckdb.InvalidInputException, duckdb.IOException]),
)
def test_whatever_a_message_quotes_only_our_own_words_come_through(text: str, kind: type[duckdb.Error]) -> None:
    format = formats()["otlp"]
    own = texts_of(format)

    said = refusal_of(kind(f"Conversion Error: {text}"), format)

    name, *phrases = said.split(", ")
    assert said.removesuffix(" is missing") in own or (name == kind.__name__ and set(phrases) <= set(PHRASES))
