"""An answer hangs on the query and on the tables that it is given, whatever was asked before."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from llmcost.errors import UsageError
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.shelf import Query
from llmcost.store import Filters, Priced, Repricing, Scope, Store, TopGroups, table_of
from llmcost.store.materialize import materialize
from tests.logs import write_log
from tests.traces import request

BOOK = """
format: llmcost-pricing/1
models:
  - {provider: acme, model: heron, prices: [{input: 1, output: 0}, {from: 2026-06-01, input: 3, output: 0}]}
  - {provider: acme, model: wren, prices: [{input: 10, output: 0}]}
"""
COSTS = "select model, sum(cost_usd) from scope group by model order by model"
LATE = Filters(since=datetime(2026, 6, 1))
# $1 in May, $3 and $1 in June; each price of heron is of a million tokens
REQUESTS = [
    request(None, request_model="heron", started_at="2026-05-10T23:00:00Z", input_tokens=1_000_000),
    request(None, request_model="heron", started_at="2026-06-10T23:00:00Z", input_tokens=1_000_000),
    request(None, request_model="wren", started_at="2026-06-10T12:00:00Z", input_tokens=100_000),
]


class Counting(Store):
    """Counts the statements that make something."""

    made = 0

    def execute(self, sql: str, parameters: object = None) -> Any:
        self.made += sql.lstrip().startswith(("create", "insert"))
        return super().execute(sql, parameters)


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    ingest(store, [str(write_log(tmp_path / "log.jsonl", REQUESTS))])
    return store


@pytest.fixture
def small(tmp_path: Path) -> Book:
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    return load_book([tmp_path / "book.yaml"])


@pytest.fixture
def priced(filled: Store, small: Book) -> Priced:
    return filled.price(small)


def costs(scope: Scope) -> dict[str, Decimal]:
    return dict(scope.rows(COSTS))


def test_two_prices_and_two_scopes_are_asked_in_any_order(filled: Store, small: Book, priced: Priced) -> None:
    in_may = filled.price(small, Repricing(date(2026, 5, 10)))
    as_wren = filled.price(small, Repricing(models={"heron": "wren"}))
    asked = {
        (4, 1): priced.scope(),
        (3, 1): priced.scope(LATE),
        (2, 1): in_may.scope(),
        (1, 1): in_may.scope(LATE),
    }

    for _ in range(2):
        for (heron, wren), scope in asked.items():
            assert {"heron": heron, "wren": wren} == costs(scope)
        # 2,000,000 and 100,000 tokens at $10
        assert {"wren": 21} == costs(as_wren.scope())


def test_days_are_told_in_the_zone_of_the_scope_that_is_asked(priced: Priced) -> None:
    scopes = {name: priced.scope(Filters(zone=ZoneInfo(name)), ("day",)) for name in ("Asia/Kolkata", "America/Lima")}
    last = "select max(group_1) from scope"

    for _ in range(2):
        assert date(2026, 6, 11) == scopes["Asia/Kolkata"].value(last)
        assert date(2026, 6, 10) == scopes["America/Lima"].value(last)
        assert date(2026, 6, 10) == priced.value("select max(day) from dimensions")


def test_the_groups_of_a_scope_are_its_own(priced: Priced) -> None:
    query = "select group_1, count(*) from scope group by group_1 order by group_1"
    by_model = priced.scope(None, ("model",))
    others = priced.scope(None, ("model",), top=TopGroups((("heron",),), "others"))

    for _ in range(2):
        assert [("heron", 2), ("wren", 1)] == by_model.rows(query)
        assert [("heron", 2), ("others", 1)] == others.rows(query)


def test_what_is_bound_is_not_made_again(small: Book, tmp_path: Path) -> None:
    with closing(Counting()) as store:
        ingest(store, [str(write_log(tmp_path / "log.jsonl", REQUESTS))])
        scope = store.price(small).scope(LATE)
        first = costs(scope)
        made = store.made
        again = costs(store.price(small).scope(Filters(since=datetime(2026, 6, 1))))

    assert (first, made) == (again, store.made)


def test_requests_that_come_later_are_priced(filled: Store, small: Book, priced: Priced, tmp_path: Path) -> None:
    assert {"heron": 4, "wren": 1} == costs(priced.scope())
    later = request(None, request_model="wren", service_tier="default", input_tokens=500_000)
    ingest(filled, [str(write_log(tmp_path / "later.jsonl", [later]))])

    assert {"heron": 4, "wren": 6} == costs(filled.price(small).scope())


def test_a_derived_table_is_made_once_and_goes_with_the_last_that_holds_it(filled: Store, priced: Priced) -> None:
    tables = "select count(*) from duckdb_tables() where table_name like 'derived%'"
    drawn = priced.scope().derive("select random() as lot from scope")
    lots = [filled.run("from drawn", {"drawn": drawn}).rows for _ in range(2)]
    assert lots[0] == lots[1]
    assert lots[0] == filled.run("from other", {"other": drawn}).rows
    assert 1 == filled.value(tables)

    del drawn
    filled.run("select 1")

    assert 0 == filled.value(tables)


def test_a_derived_table_is_of_the_prices_that_it_was_derived_of(filled: Store, small: Book, priced: Priced) -> None:
    dear = priced.scope().derive("select request_id, model from scope where cost_usd > $least", least=2)
    in_may = filled.price(small, Repricing(date(2026, 5, 10)))

    # at the price of May nothing costs more than $1
    assert [("heron", 1)] == in_may.rows("select model, count(*) from dear group by model", {"dear": dear})
    assert [] == in_may.scope().rows("from scope where cost_usd > 2")


def test_requests_that_were_put_into_a_table_are_asked_like_others(priced: Priced) -> None:
    held = materialize(priced, LATE)

    for _ in range(2):
        assert {"heron": 3, "wren": 1} == costs(held.scope())
        assert {"heron": 4, "wren": 1} == costs(priced.scope())


def test_a_query_sees_one_price_and_one_zone(filled: Store, small: Book, priced: Priced) -> None:
    other = filled.price(small, Repricing(date(2026, 5, 10)))
    with pytest.raises(ValueError, match="two prices"):
        filled.run("from a, b", {"a": priced.scope(), "b": other.scope()})
    with pytest.raises(ValueError, match="two zones"):
        filled.run("from a, b", {"a": priced.scope(), "b": priced.scope(Filters(zone=ZoneInfo("Asia/Kolkata")))})
    with pytest.raises(ValueError, match="scope cannot be two tables"):
        view = priced.scope().derive_view(COSTS)
        filled.run("from costs, scope", {"costs": view, "scope": priced.scope(LATE)})


def test_a_query_of_a_shelf_reads_what_its_header_names(priced: Priced) -> None:
    query = Query(name="heights", query="select count(*) from scope, nests", title="t", inputs=["scope", "nests"])
    nests = table_of({"height": "integer"}, [(3,), (5,)])

    assert 6 == priced.scope().value(query, {"nests": nests})
    with pytest.raises(ValueError, match="heights reads nests, which it was not given"):
        priced.scope().value(query)


def test_a_parameter_that_is_not_given_is_what_the_header_says(priced: Priced) -> None:
    query = Query(
        name="n", query="select count(*) from scope where input_tokens > $least", title="", params={"least": 1}
    )

    assert (3, 2) == (priced.scope().value(query), priced.scope().value(query, least=500_000))


def test_a_table_of_arrow_or_of_rows_is_read_by_its_name(store: Store) -> None:
    rows = table_of({"day": "date", "usd": "decimal(38, 21)"}, [(date(2026, 1, 1), Decimal("0.1")), (None, None)])
    for _ in range(2):
        assert [(1,), (2,)] == store.run("from given", {"given": pa.table({"n": [1, 2]})}).rows
        assert [(date(2026, 1, 1), Decimal("0.1")), (None, None)] == store.run("from given", {"given": rows}).rows
    assert ("day", "usd") == store.run("from given", {"given": table_of({"day": "date", "usd": "double"}, [])}).columns


def test_a_scope_of_a_column_that_no_request_has_is_refused_when_it_is_asked(priced: Priced) -> None:
    for scope in (priced.scope(Filters(where=("modle=heron",))), priced.scope(None, ("modle",))):
        with pytest.raises(UsageError, match="modle: no such column"):
            costs(scope)
    assert {"heron": 4, "wren": 1} == costs(priced.scope())
