"""What a format's query must give of each request: what is missing is named before a line is read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from llmcost.errors import ShelfError
from llmcost.ingest import Options, Summary, ingest
from llmcost.ingest.aside import setting_aside
from llmcost.ingest.format import REQUIRED_COLUMNS, Format, formats
from llmcost.ingest.mapping import load_map
from llmcost.ingest.prepare import in_order
from llmcost.store import Store
from tests.conftest import FIXTURES
from tests.shelves import fixture_of, fixtures_of


def read_with(store: Store, format: Format, name: str) -> Summary:
    return ingest(store, [str(FIXTURES / name)], options=Options(format))


def without(format: Format, column: str) -> Format:
    return replace(format, query=f"select * exclude ({column}) from ({format.query}) -- the rest")


def test_what_must_be_given_is_what_no_request_may_lack(store: Store) -> None:
    must_be = store.rows(
        "select column_name from duckdb_columns() where table_name = 'requests' and not is_nullable order by all"
    )

    assert sorted(REQUIRED_COLUMNS) == [name for (name,) in must_be]


@pytest.mark.parametrize("column", REQUIRED_COLUMNS)
def test_a_query_that_lacks_a_required_column_is_refused_with_its_name(store: Store, column: str) -> None:
    with pytest.raises(ShelfError, match=rf"^llmcost\.sql does not give {column}$") as refusal:
        read_with(store, without(formats()["llmcost"], column), "llmcost.jsonl")

    assert all(name in refusal.value.hint for name in REQUIRED_COLUMNS)
    assert store.rows("select * from requests union all by name select * from rejects") == []


def test_a_query_that_may_leave_records_out_must_say_which(store: Store) -> None:
    with pytest.raises(ShelfError, match=r"^kong\.sql does not give passed_over$"):
        read_with(store, without(formats()["kong"], "passed_over"), "kong.jsonl")


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("*, 1 as colour", "llmcost.sql gives colour, which requests do not have"),
        ("*, 'no call' as passed_over", "llmcost.sql gives passed_over, which requests do not have"),
        ("*, shade", 'llmcost.sql: Binder Error: Referenced column "shade" not found'),
        ("from", "llmcost.sql: Parser Error: syntax error"),
    ],
)
def test_a_query_that_cannot_be_inserted_is_refused_by_its_name(store: Store, select: str, words: str) -> None:
    format = formats()["llmcost"]

    with pytest.raises(ShelfError, match=f"^{re.escape(words)}"):
        read_with(store, replace(format, query=f"select {select} from ({format.query})"), "llmcost.jsonl")


def test_what_is_wrong_with_a_format_does_not_blame_the_log() -> None:
    with pytest.raises(ShelfError, match="its header lacks"), setting_aside("a.jsonl", True, Summary()):
        raise ShelfError("acmegate.sql: its header lacks `source`")


def test_a_mapped_log_is_held_to_the_same_contract(store: Store, tmp_path: Path) -> None:
    file, log = tmp_path / "map.yaml", tmp_path / "a.jsonl"
    file.write_text("started_at: ts\nrequest_model: model\ninput_tokens: in\noutput_tokens: out\n", encoding="utf-8")
    log.write_text(json.dumps({"ts": "2026-11-02T08:00:00Z", "model": "m", "in": 1, "out": 1}), encoding="utf-8")

    with pytest.raises(ShelfError, match="does not give usage_basis"):
        ingest(store, [str(log)], options=Options(without(load_map(file), "usage_basis")))


def test_a_refused_format_leaves_the_store_as_it_was(store: Store) -> None:
    ingest(store, [str(FIXTURES / "llmcost.jsonl")])
    before = store.rows("select * from requests"), store.rows("select * from files")

    with pytest.raises(ShelfError):
        read_with(store, without(formats()["litellm"], "status"), "litellm.jsonl")

    assert before == (store.rows("select * from requests"), store.rows("select * from files"))


@pytest.mark.parametrize(
    ("macros", "words"),
    [
        (["gateway"], "otlp.sql: macros: there is no gateway.sql"),
        (["choices", "otlp", "otel"], "otlp.sql: .*otel_provider"),
        (["gateways", "otlp"], "otlp.sql: .*otel_requests"),
    ],
)
def test_macros_that_a_format_forgets_to_name_are_named(store: Store, macros: list[str], words: str) -> None:
    with pytest.raises(ShelfError, match=words):
        read_with(store, replace(formats()["otlp"], macros=macros), "otlp.jsonl")


def test_macros_are_made_in_an_order_that_suits_every_format() -> None:
    one, other = formats()["litellm"], formats()["otlp"]

    assert ["b", "a", "c"] == in_order([replace(one, macros=["b", "a"]), replace(other, macros=["a", "c"])])
    with pytest.raises(ShelfError, match="name a and b in different orders"):
        in_order([replace(one, macros=["b", "a"]), replace(other, macros=["a", "b"])])


def test_where_a_format_has_no_fixture_it_is_said_what_to_write() -> None:
    words = r"^write fixtures/acmegate\.jsonl: invented records of each kind that there is$"

    with pytest.raises(pytest.fail.Exception, match=words):
        fixtures_of("acmegate")
    with pytest.raises(pytest.fail.Exception, match=words):
        fixture_of({"file": "acmegate.jsonl"})
