"""THE cost formula against worked examples and against plain Python decimals."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.store import Store, binding
from llmcost.store.prices import are_in_range
from tests.conftest import FIRST, FIXTURES
from tests.logs import write

RATES = {"input": "2.5", "output": "10", "cache_read": "0.123456789", "cache_write": "3.125", "cache_write_1h": "5"}
BOOK = """
format: llmcost-pricing/1
models:
  - provider: anthropic
    model: m
    prices:
      - {from: 2026-01-01, input: 2.5, output: 10, cache_read: 0.123456789, cache_write: 3.125, cache_write_1h: 5}
      - from: 2026-03-01
        input: 4
        output: 8
        tiers: [{over: 1000, input: 6}]
        variants: [{when: {processing: batch}, multiply: 0.5}]
adjust: [{provider: anthropic, from: 2026-04-01, multiply: 0.93}]
"""


def message(number: int, day: str, input: int, output: int, **usage: object) -> str:
    body = {"input_tokens": input, "output_tokens": output, **usage}
    return json.dumps({"id": f"m{number}", "type": "message", "timestamp": day, "model": "m", "usage": body})


def priced(store: Store, book: Book, folder: Path, lines: list[str]) -> list[tuple[Decimal | None, str]]:
    log = folder / "log.jsonl"
    log.write_text("\n".join(lines), encoding="utf-8")
    ingest(store, [str(log)])
    found = store.price(book)
    return [
        (c, s) for _, c, s in found.rows("select request_id, cost_usd, price_status from priced_requests order by 1")
    ]


def test_anthropics_exclusive_input_is_paid_once_each(store: Store, book: Book) -> None:
    ingest(store, [str(FIXTURES / "anthropic.jsonl")])
    found = store.price(book)

    # Sonnet 4.5: 100 x 3 + 10,000 x 0.30 + 1,500 x 3.75 + 500 x 6 + 300 x 15 = 16,425 micro-USD
    cost = found.value("select cost_usd from priced_requests where request_id = 'msg_raw_1'")
    assert Decimal("0.016425") == cost
    # Opus 4.6 at 5 and 25, in the US x 1.1: (60,700 x 5 + 1,900 x 25) x 1.1 = 386,100
    assert Decimal("0.3861") == found.value("select cost_usd from priced_requests where request_id = 'msg_raw_2'")


def test_openais_inclusive_input_is_paid_once_each(store: Store, book: Book) -> None:
    ingest(store, [str(FIXTURES / "openai.jsonl")])
    found = store.price(book)

    # gpt-4o: 976 x 2.50 + 1,024 x 1.25 + 150 x 10 = 5,220 micro-USD
    assert Decimal("0.00522") == found.value("select cost_usd from priced_requests where request_id = 'chatcmpl-raw-1'")
    # two embeddings of 12 tokens at 0.02, no output price needed
    costs = found.rows("select cost_usd from priced_requests where operation_name = 'embeddings'")
    assert [(Decimal("0.00000024"),)] * 2 == costs


def test_the_sum_of_a_runs_calls_has_no_size_of_its_own(store: Store, tmp_path: Path) -> None:
    result = {"type": "result", "subtype": "success", "session_id": "s", "uuid": "u", "timestamp": "2026-03-02T00:00Z"}
    usage = {"usage": {}, "modelUsage": {"claude-m": {"inputTokens": 5000, "outputTokens": 0}}}
    book = BOOK.replace("model: m", "model: claude-m").replace("adjust: [", "adjust: []  # [")

    # 5,000 x 4 micro-USD, and not x 6, which is the price of one request of more than 1,000
    assert [(Decimal("0.02"), "priced")] == priced(
        store, load_book([write(tmp_path / "book.yaml", book)]), tmp_path, [json.dumps({**result, **usage})]
    )


def test_a_price_holds_from_midnight_utc_of_its_day(store: Store, small_book: Book, tmp_path: Path) -> None:
    lines = [
        message(1, "2025-12-31T23:59:59Z", 1000, 0),
        message(2, "2026-02-28T23:59:59.999999Z", 1000, 0),
        message(3, "2026-03-01T00:00:00Z", 1000, 0),
        message(4, "2026-03-01T01:00:00+02:00", 1000, 0),
    ]
    assert [
        (None, "no price for date"),
        (Decimal("0.0025"), "priced"),
        (Decimal("0.004"), "priced"),
        (Decimal("0.0025"), "priced"),
    ] == priced(store, small_book, tmp_path, lines)


def test_a_tier_moves_the_whole_request_and_counts_the_cache(store: Store, small_book: Book, tmp_path: Path) -> None:
    lines = [
        message(1, "2026-03-02", 1000, 10),
        message(2, "2026-03-02", 1001, 10),
        message(3, "2026-03-02", 1, 10, cache_read_input_tokens=1000),
    ]
    assert [
        (Decimal("0.00408"), "priced"),  # 1000 x 4 + 10 x 8
        (Decimal("0.006086"), "priced"),  # 1001 x 6 + 10 x 8
        (Decimal("0.006086"), "priced"),  # the same 1001; a cached rate that is not named is the input's
    ] == priced(store, small_book, tmp_path, lines)


def test_batch_is_half_and_an_unknown_level_has_no_price(store: Store, small_book: Book, tmp_path: Path) -> None:
    lines = [
        message(1, "2026-03-02", 100, 10, service_tier="batch"),
        message(2, "2026-03-02", 100, 10, service_tier="gold"),
        message(3, "2026-03-02", 100, 10, service_tier="standard"),
    ]
    assert [
        (Decimal("0.00024"), "priced"),
        (None, "no price for context"),
        (Decimal("0.00048"), "priced"),
    ] == priced(store, small_book, tmp_path, lines)


def test_a_contract_changes_the_cost_and_keeps_the_list_price(store: Store, small_book: Book, tmp_path: Path) -> None:
    priced(store, small_book, tmp_path, [message(1, "2026-04-01", 100, 10)])

    row = store.rows("select list_cost_usd, cost_usd from priced_requests")[0]
    assert (Decimal("0.00048"), Decimal("0.0004464")) == row


def test_cached_beyond_input_is_bad_usage_and_never_clamped(store: Store, book: Book, tmp_path: Path) -> None:
    body = {"id": "c", "object": "chat.completion", "created": 1793520000, "model": "gpt-4o"}
    usage = {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 11}}
    assert priced(store, book, tmp_path, [json.dumps({**body, "usage": usage})]) == [(None, "bad usage")]


def test_an_unknown_model_has_no_cost_and_a_reason(store: Store, book: Book) -> None:
    ingest(store, [str(FIXTURES / "litellm.jsonl")])
    found = store.price(book)

    row = found.rows("select cost_usd, price_status from priced_requests where request_model like 'acme%'")[0]
    assert row == (None, "unknown provider")


parts = st.integers(min_value=0, max_value=2_000_000)
# an answer to no input at all is no answer, but usage that is missing
requests = st.tuples(parts, parts, parts, parts, parts).filter(lambda request: sum(request[:4]) > 0)


# few stores of many requests: opening one takes longer than pricing them
@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(requests, min_size=1, max_size=60))
def test_cost_is_the_sum_of_its_parts_to_the_last_digit(
    rows: list[tuple[int, int, int, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("oracle")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    lines = [
        message(
            number,
            "2026-02-01",
            fresh,
            output,
            cache_read_input_tokens=read,
            cache_creation_input_tokens=short + long,
            cache_creation={"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long},
        )
        # of three digits each, so that their order as texts is that of numbers
        for number, (fresh, read, short, long, output) in enumerate(rows, start=100)
    ]
    kinds = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
    expected = [
        sum((Decimal(n) * Decimal(RATES[kind]) for n, kind in zip(row, kinds, strict=True)), Decimal(0)) / 1_000_000
        for row in rows
    ]
    with Store() as store:
        found = priced(store, load_book([folder / "book.yaml"]), folder, lines)

    assert [(cost, "priced") for cost in expected] == found


def test_pricing_neither_loses_nor_doubles_a_request(store: Store, book: Book) -> None:
    ingest(store, [str(file) for file in FIRST])
    found = store.price(book)

    assert found.value("select count(*) from requests") == found.value("select count(*) from priced_requests")
    assert found.value("select count(*) from dimensions") == 45


def test_a_column_that_is_not_asked_for_costs_nothing(
    store: Store, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "FEW", -1)
    plan = store.price(book).rows("explain select sum(input_tokens) from dimensions")[0][1]

    # DuckDB makes a join of a long `in`, and keeps it where nothing reads the answer
    assert "Table: memory.main.requests" in plan
    assert "MARK" not in plan


def test_a_cost_is_the_sum_of_its_charges(full: Store, book: Book) -> None:
    priced = full.price(book)

    torn = priced.rows("""
        select request_id, list_cost_usd, cost_usd
        from priced_requests where price_status = 'priced' and cost_usd > 0
        except
        select request_id, sum(list_cost_usd), sum(cost_usd) from charges group by request_id, dedupe_key
    """)
    assert [] == torn
    assert priced.value("select count(distinct meter) from charges") > 5


@pytest.mark.parametrize("few", [10_000, 0])
@pytest.mark.parametrize(
    "change", ["", "output_tokens = 1000000001", "input_tokens = -1", "web_search_requests = 1000001"]
)
def test_a_store_that_stays_as_it_is_prices_as_one_that_changes(
    ingested: Path, tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch, few: int, change: str
) -> None:
    """Few requests are priced once, and counts that are all possible are not asked about one by one."""
    monkeypatch.setattr(binding, "FEW", few)
    path, every = shutil.copy(ingested, tmp_path / "s.duckdb"), "from dimensions order by dedupe_key"
    with Store(path) as writable:
        priced = writable.price(book)
        before = priced.rows(every)
        if change:
            writable.execute(f"update requests set {change} where rowid % 7 = 3")
        expected = priced.rows(every)
    assert (change == "") == (before == expected)
    with Store(path, read_only=True) as settled:
        assert expected == settled.price(book).rows(every)
        assert (change == "") == are_in_range(settled)
        whole = settled.price(book).value(
            "select count(*) from priced_requests where price_status = 'impossible count'"
        )
        assert (change == "") == (whole == 0)
