"""Requests before a day go, and what they cost stays: the same to the last digit, and said to be sums."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.report import coverage
from llmcost.store import Filters, Repricing, Store
from llmcost.store.prune import prune, summarize
from tests.conftest import Run
from tests.logs import full_request, request, write, write_log
from tests.test_rewrite import all_of, beside, quiet

BOOK = """
format: llmcost-pricing/1
models:
  - provider: openai
    model: m
    prices:
      - {from: 2026-01-01, input: 2.5, output: 10, cache_read: 0.123456789, cache_write: 3.125, web_search: 0.01}
      - from: 2026-05-02
        input: 4
        output: 8
        input_audio: 40
        request: 0.001
        tiers: [{over: 1000, input: 6}, {over: 100000, input: 7, output: 9}]
        variants: [{when: {processing: batch}, multiply: 0.5}]
        windows: [{from: "16:30", to: "24:00", multiply: 0.5}]
  - provider: openai
    model: only-input
    prices: [{from: 2026-01-01, input: 1}]
adjust: [{provider: openai, from: 2026-05-03, multiply: 0.93}]
"""
BEFORE = datetime(2026, 5, 4)
BY = (
    *("day", "provider", "model", "key", "team", "deployment", "is_batch", "status", "error_kind", "price_status"),
    *("price_how", "operation", "gateway", "cache_hit", "stream", "finish_reason"),
    "is_assumed_rate and price_status = 'priced' as is_assumed",
)
SUMS = (
    *("cost_usd", "list_cost_usd", "gateway_saved_usd", "reported_cost_usd", "input_tokens", "output_tokens"),
    *("cache_read_input_tokens", "cache_write_input_tokens", "cache_write_1h_input_tokens", "input_audio_tokens"),
    *("reasoning_output_tokens", "web_search_requests", "text_input_tokens", "short_write_tokens"),
)
ASKED = f"""
    select {", ".join(BY)}, count(*), {", ".join(f"sum({name}), count({name})" for name in SUMS)}
    from scope group by all order by all
"""

few = st.integers(0, 3)
large = st.one_of(few, st.integers(0, 300_000), st.just(2_000_000_000))
records = st.fixed_dictionaries(
    {
        "started_at": st.builds(
            lambda minutes: (datetime(2026, 5, 1) + timedelta(minutes=minutes)).isoformat(), st.integers(0, 5 * 1440)
        ),
        "request_model": st.sampled_from(["m", "only-input", "nobody-knows-it"]),
        "provider_name": st.just("openai"),
        "input_tokens": large,
        "output_tokens": st.one_of(few, large),
        "status": st.sampled_from(["ok", "ok", "error", "cancelled"]),
        "is_batch": st.booleans(),
        "api_key_alias": st.sampled_from(["a", "b"]),
    },
    optional={
        "cache_read_input_tokens": st.one_of(few, large),
        "cache_write_input_tokens": few,
        "cache_write_1h_input_tokens": few,
        "input_audio_tokens": few,
        "reasoning_output_tokens": few,
        "web_search_requests": few,
        "gateway_cache_hit": st.booleans(),
        "usage_source": st.sampled_from(["provider", "missing", "gateway_estimate"]),
        "http_status_code": st.sampled_from([200, 429, 500]),
        "reported_cost_usd": st.sampled_from(["0.1", "0.000000000001"]),
        "is_sum": st.just(True),
        "input_basis": st.sampled_from(["inclusive", "exclusive"]),
    },
)


def pruned(path: Path, book: Book, before: datetime = BEFORE) -> int:
    """Prune a store; tell how many summaries that made."""
    with Store(path) as store:
        made = summarize(store, book, before)
        prune(store, before, quiet)
    return made


def asked(store: Store, book: Book, repricing: Repricing | None = None) -> list[tuple[Any, ...]]:
    """Ask what every day and name came to."""
    return store.price(book, repricing).scope(Filters()).rows(ASKED)


def prune_in_memory(store: Store, book: Book, before: datetime) -> None:
    """Do to a store in memory what is done to a file."""
    summarize(store, book, before)
    store.execute("delete from requests where started_at < $1", [before])
    store.execute("insert into summaries by name from pruned")
    store.assign_name_ids()


def fill(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Put requests into a new store."""
    log = write_log(path.with_suffix(".jsonl"), [request(n, **row) for n, row in enumerate(rows)])
    with Store(path) as store:
        ingest(store, [str(log)])
    return path


@settings(max_examples=6, deadline=None)
@given(rows=st.lists(records, min_size=1, max_size=120))
def test_every_day_and_name_comes_to_what_it_came_to_before(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    book = load_book([write(folder / "book.yaml", BOOK)])
    # at other prices, too, which begin at the same sizes and hold at all hours
    other = load_book([write(folder / "other.yaml", BOOK.replace("        windows", "        # windows"))])
    as_of = Repricing(as_of=date(2026, 5, 3))
    # twice, so that summaries are of several
    log = write_log(folder / "log.jsonl", [request(n, **row) for n, row in enumerate(rows + rows)])
    with Store() as store:
        ingest(store, [str(log)])
        before, as_if = asked(store, book), asked(store, other, as_of)

        prune_in_memory(store, book, datetime(2026, 5, 3))
        prune_in_memory(store, book, BEFORE)

        assert asked(store, book) == before
        assert asked(store, other, as_of) == as_if


def test_of_a_day_stays_its_sum_by_size_hour_and_outcome(tmp_path: Path) -> None:
    book = load_book([write(tmp_path / "book.yaml", BOOK)])
    both = {"request_model": "m", "provider_name": "openai", "output_tokens": 10, "started_at": "2026-05-02T10:00:00Z"}
    rows: list[dict[str, Any]] = [
        *[both | {"input_tokens": 100}] * 3,
        both | {"input_tokens": 2000},
        both | {"input_tokens": 100, "started_at": "2026-05-02T17:00:00Z"},
        both | {"input_tokens": 100, "status": "error"},
    ]
    path = fill(tmp_path / "store.duckdb", rows)

    assert 4 == pruned(path, book)
    with Store(path, read_only=True) as store:
        found = store.rows(
            "select started_at, requests, input_tokens, status from summaries "
            "order by input_tokens, status, requests, started_at"
        )
        costs = (
            store.price(book)
            .scope(Filters(), ("status",))
            .rows("select group_1, count(*), sum(cost_usd) from scope group by 1 order by 1")
        )
    assert found == [
        (datetime(2026, 5, 2, 10, 0), 1, 100, "error"),
        (datetime(2026, 5, 2, 17, 0), 1, 100, "ok"),
        (datetime(2026, 5, 2, 10, 0), 3, 300, "ok"),
        (datetime(2026, 5, 2, 10, 0), 1, 2000, "ok"),
    ]
    # micro-USD: 100 x 4 + 10 x 8 = 480 in the day, 240 at night, 2,000 x 6 + 80 = 12,080; a call is 1,000
    assert [(status, count, int(cost * 1_000_000)) for status, count, cost in costs] == [
        ("error", 1, 1480),
        ("ok", 5, 3 * 1480 + 1240 + 13_080),
    ]


def test_nothing_of_a_single_request_stays(tmp_path: Path, book: Book) -> None:
    at = datetime(2026, 5, 1, 10)
    path = fill(
        tmp_path / "store.duckdb",
        [
            full_request(n, at, user_id="u-4711", session_id="s-4711", trace_id="t-4711", tags=["g-4711"])
            for n in range(9)
        ],
    )
    with Store(path, read_only=True) as store:
        hashes = [row[0].to_bytes(8, "little") for row in store.rows("select prompt_hash from requests")]
    whole = path.read_bytes()

    pruned(path, book)

    assert any(one in whole for one in hashes)
    assert [] == [one for one in hashes if one in path.read_bytes()]
    assert b"4711" not in path.read_bytes()


def test_what_was_pruned_is_not_read_again(tmp_path: Path, book: Book) -> None:
    old = [full_request(n, datetime(2026, 5, 1, 10)) for n in range(3)]
    path = fill(tmp_path / "store.duckdb", old)
    pruned(path, book)
    log = write_log(tmp_path / "again.jsonl", [*old, full_request(7, datetime(2026, 5, 4))])

    with Store(path) as store:
        summary = ingest(store, [str(log)])

    assert (summary.new, summary.duplicates) == (1, 0)
    assert summary.passed_over == {("llmcost", "before 2026-05-04, which was pruned"): 3}
    with Store(path, read_only=True) as store:
        assert 4 == store.price(book).scope().value("select count(*) from scope")


def test_reports_of_old_days_say_that_they_are_sums_and_others_do_not(tmp_path: Path, book: Book) -> None:
    path = fill(tmp_path / "store.duckdb", [full_request(n, datetime(2026, 5, n)) for n in (1, 2, 5)])
    pruned(path, book)

    with Store(path, read_only=True) as store:
        priced = store.price(book)
        found = [coverage(priced.scope(Filters(since=since))) for since in (None, datetime(2026, 5, 4))]
    assert [(one.requests, one.summaries_before) for one in found] == [(3, date(2026, 5, 4)), (1, None)]


def test_the_command_says_what_would_go_and_what_went(llmcost: Run, tmp_path: Path) -> None:
    path = fill(tmp_path / "store.duckdb", [full_request(n, datetime(2026, 5, 1 + n % 5)) for n in range(10)])
    before = all_of(path)
    dry = llmcost("prune", "--db", path, "--before", "2026-05-04", "--dry-run")

    assert "6 requests from 2026-05-01 to before 2026-05-04 would go, and 3 summaries would stay" in dry.stdout
    assert all_of(path) == before
    report = llmcost("report", "--db", path, "--by", "day", "-f", "csv").stdout
    done = llmcost("prune", "--db", path, "--before", "2026-05-04")
    again = llmcost("report", "--db", path, "--by", "day", "-f", "csv")
    assert (done.returncode, "6 requests" in done.stdout, beside(path)) == (0, True, ["store.duckdb"])
    assert again.stdout == report
    assert "summaries: what is before 2026-05-04 was pruned" in again.stderr


def test_without_a_day_or_with_none_before_it_nothing_goes(llmcost: Run, tmp_path: Path) -> None:
    path = fill(tmp_path / "store.duckdb", [full_request(1, datetime(2026, 5, 1))])
    before = path.read_bytes()
    found = [llmcost("prune", "--db", path, *more) for more in ([], ["--before", "soon"], ["--before", "2026-05-01"])]

    assert [2, 2, 0] == [done.returncode for done in found]
    assert "before which day" in found[0].stderr
    assert "no requests before 2026-05-01" in found[2].stdout
    assert path.read_bytes() == before
