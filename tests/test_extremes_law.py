"""No row that a store can hold makes a query overflow: counts, times, costs and rates at the ends of their ranges."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from llmcost.errors import PriceBookError
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.report import run
from llmcost.report.view import views
from llmcost.store import Store
from tests.conftest import Run

COUNTS = (
    *("input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "cache_write_1h_input_tokens"),
    *("input_audio_tokens", "input_image_tokens", "output_tokens", "reasoning_output_tokens", "output_audio_tokens"),
    *("total_tokens_reported", "web_search_requests", "max_tokens_requested", "input_chars", "output_chars"),
    *("system_prompt_chars", "cache_read_audio_tokens", "output_image_tokens"),
)
EXTREMES = (None, 0, -(2**63), 2**63 - 1, -1, 10**17, 10**9, 10**9 + 1)
# what is possible, valid, and as much as can be
MOST: dict[str, int | None] = {"input_tokens": 10**9, "output_tokens": 10**9, "input_chars": 10**9}
PARTS: tuple[dict[str, int | None], ...] = (
    {},
    {"cache_read_input_tokens": 10**9},
    {"cache_write_input_tokens": 10**9},
    {"web_search_requests": 10**6},
)
SPANS = (
    ("2015-01-01", "2015-01-01"),
    ("2026-11-02", "2099-12-31 23:59:59.999999"),
    ("2099-12-31 23:59:59.999999", "2015-01-01"),
    ("2026-11-03", None),
)
COLUMNS = """
    'r' || i as request_id, 't' || (i // 3) as trace_id, i::ubigint as dedupe_key, 1 as file_id, 'litellm' as gateway,
    'openai' as provider_name, ['dear', 'gpt-4o-mini', 'gpt-4o', 'under-contract'][i % 4 + 1] as request_model,
    'chat' as operation_name, 'provider' as usage_source, 'inclusive' as usage_basis, i % 5 = 0 as is_batch,
    case i % 4 when 0 then 'error' else 'ok' end as status, 429::smallint as http_status_code,
    i % 7 = 0 as gateway_cache_hit,
    case i % 2 when 0 then 999999.999999999999 else -999999.999999999999 end as reported_cost_usd,
    2147483647 as attempt_number, 2147483647 as retry_count, 2147483647 as embedding_dimensions, 'case' as case_id,
    1.7e308 as temperature, 7::ubigint as prompt_hash, 8::ubigint as output_hash, '9' as system_prompt_hash,
    [7::ubigint] as prefix_hashes, [9223372036854775807] as prefix_chars, i::varchar as user_id,
    [5::ubigint] as embedding_item_hashes, [9223372036854775807] as embedding_item_chars
"""
# the largest prices that a book may have, one of them under the largest contract
LARGEST = """
format: llmcost-pricing/1
currency: USD
providers:
  - {id: openai}
models:
  - provider: openai
    model: dear
    prices:
      - from: 2015-01-01
        input: 99999999.999999999
        output: 99999999.999999999
        web_search: 99999.999999999
        request: 99999.999999999
  - {provider: openai, model: gpt-4o, prices: [{from: 2015-01-01, input: 99999999, output: 99999999}]}
  - provider: openai
    model: under-contract
    prices:
      - {from: 2015-01-01, input: 1000000, output: 1000000, web_search: 1000, request: 1000}
adjust:
  - {provider: openai, model: under-contract, multiply: 99.999999}
"""
BUDGETS = "budgets:\n  - {of: all, monthly_usd: 8000, daily_usd: 400}\n"
COMMANDS = (
    *("report -f html -o page.html", "report --by model --over month -f parquet -o over.parquet"),
    *("savings -f json", "reconcile", "doctor", "show r1", "pricing explain r1"),
    *("export focus -o focus.csv", "export daily -o daily", "export requests -o requests", "export prometheus"),
    *("whatif --map gpt-4o=gpt-4o-mini", "report --since 2026-11-03 --until 2026-11-04 --compare previous"),
)


def rows() -> list[dict[str, int | None]]:
    """Every count at every extreme, all at once and alone, and what is possible at its most."""
    every: list[dict[str, int | None]] = [dict.fromkeys(COUNTS, value) for value in EXTREMES]
    alone = [{**dict.fromkeys(COUNTS, 1), name: value} for name, value in product(COUNTS, EXTREMES)]
    most = [{**dict.fromkeys(COUNTS), **MOST, **part} for part in PARTS for _ in range(12)]
    return [*every, *alone, *most]


def fill(store: Store) -> None:
    """Insert the rows, a kind of span after the other."""
    store.execute(
        "insert into files by name select 1 as file_id, 'a' as path, 'litellm' as format, 1 as size_bytes, "
        "1 as modified_ns, 1::ubigint as inode, now()::timestamp as ingested_at"
    )
    store.execute("insert into ingests select now()::timestamp, 9223372036854775807, 9223372036854775807, 0, 0")
    for at, row in enumerate(rows()):
        begun, ended = SPANS[at % len(SPANS)]
        counts = ", ".join(f"$1[{place}] as {name}" for place, name in enumerate(row, start=1))
        store.execute(
            f"insert into requests by name select {COLUMNS}, $2::timestamp as started_at, $3::timestamp as ended_at, "
            f"$3::timestamp as first_token_at, {counts} from (select $4::integer as i)",
            [list(row.values()), begun, ended, at],
        )
    store.assign_name_ids()


@pytest.fixture(scope="module")
def extreme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of extreme rows and a book of extreme prices."""
    folder = tmp_path_factory.mktemp("extreme")
    (folder / "pricing.local.yaml").write_text(LARGEST)
    (folder / "llmcost.yaml").write_text(BUDGETS)
    with Store(folder / "llmcost.duckdb") as store:
        fill(store)
    return folder


@pytest.fixture(scope="module")
def largest(extreme: Path) -> Book:
    return load_book([shipped_book_path(), extreme / "pricing.local.yaml"])


@pytest.fixture(scope="module")
def opened(extreme: Path) -> Iterator[Store]:
    with Store(extreme / "llmcost.duckdb", read_only=True) as store:
        yield store


@pytest.mark.parametrize("view", views())
@pytest.mark.parametrize("over", [None, "month"])
def test_no_view_overflows_on_extreme_rows(opened: Store, largest: Book, view: str, over: str | None) -> None:
    report = run(opened, largest, view=view, by=("model",), over=over)

    assert len(rows()) == report.coverage.requests


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_overflows_on_extreme_rows(llmcost: Run, extreme: Path, command: str) -> None:
    done = llmcost(*command.split(), cwd=extreme)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("count", [1_000, 600_000])
def test_a_sum_of_very_many_extreme_rows_is_exact_or_refused(book: Book, tmp_path: Path, count: int) -> None:
    (tmp_path / "dear.yaml").write_text(LARGEST.partition("adjust:")[0])
    dear = load_book([tmp_path / "dear.yaml"])
    with Store() as store:
        store.execute(
            f"insert into requests by name select {COLUMNS}, timestamp '2026-11-02' as started_at, "
            "1000000000 as input_tokens, 1000000000 as output_tokens from (select 4 as i) cross join range($1)",
            [count],
        )
        store.assign_name_ids()

        if count == 1_000:
            # 2 x 10^9 tokens x 99,999,999.999999999 / 10^6 + 99,999.999999999 USD of a call, 1,000 times
            assert Decimal("200000099999999.997999") == run(store, dear).totals["cost_usd"]
        else:
            with pytest.raises(PriceBookError, match="more than can be added up"):
                run(store, dear)
        # at the prices that are shipped the same rows add up: gpt-4o costs 2.50 and 10 USD per 10^6 tokens
        store.execute("update requests set request_model = 'gpt-4o', name_id = null")
        store.assign_name_ids()
        assert count * Decimal(12_500) == run(store, book).totals["cost_usd"]
