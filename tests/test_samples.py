"""Records as packages and providers write them, key for key; only ids and texts are invented."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Store
from tests.conftest import CASES, SAMPLES

PAYLOADS = "litellm-payloads.jsonl"
SPEND_LOGS = "litellm_spend_logs-same-calls.jsonl"


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (PAYLOADS, 12),
        (SPEND_LOGS, 10),
        ("litellm-two.jsonl", 2),
        ("litellm_spend_logs-one.jsonl", 1),
        ("openai-chat-completions.jsonl", 12),
        ("openai-responses.jsonl", 22),
        ("openai-embeddings.jsonl", 3),
        # 16 bodies, one of which asked an advisor of another model
        ("anthropic-messages.jsonl", 17),
    ],
)
def test_every_record_of_a_sample_becomes_a_request(store: Store, name: str, rows: int) -> None:
    summary = ingest(store, [str(SAMPLES / name)])

    assert summary.rejects == []
    assert rows == summary.new


@pytest.mark.parametrize("name", [PAYLOADS, SPEND_LOGS])
def test_token_totals_equal_the_samples_own(store: Store, name: str) -> None:
    records = read(SAMPLES / name)

    ingest(store, [str(SAMPLES / name)])

    totals = store.rows("select sum(input_tokens), sum(output_tokens) from requests")[0]
    assert sum(r["prompt_tokens"] for r in records) == totals[0]
    assert sum(r["completion_tokens"] for r in records) == totals[1]


def test_two_rate_limits_and_a_success_are_three_rows_of_one_trace(store: Store) -> None:
    ingest(store, [str(SAMPLES / PAYLOADS)])

    trace = "a98b9dcc-9da3-e6d7-f0bc-375cfe7a6268"
    rows = store.rows(
        "select status, http_status_code, error_type from requests where trace_id = $1 order by started_at", [trace]
    )
    assert rows == [("error", 429, "RateLimitError"), ("error", 429, "RateLimitError"), ("ok", 200, None)]


def test_an_answer_from_the_gateways_cache_costs_nothing(store: Store, book: Book) -> None:
    ingest(store, [str(SAMPLES / PAYLOADS)])

    rows = store.price(book).rows(
        "select input_tokens, cost_usd, price_status from priced_requests where gateway_cache_hit"
    )
    assert [(2006, Decimal(0), "gateway cache")] == rows


def test_a_stream_without_usage_is_usage_missing(store: Store, book: Book) -> None:
    ingest(store, [str(SAMPLES / PAYLOADS)])

    rows = store.price(book).rows(
        "select input_tokens, output_tokens, usage_source, cost_usd from priced_requests "
        "where price_status = 'usage missing'"
    )
    # 11 and 1 are LiteLLM's own count of the text; what the provider counted is not known
    assert rows == [(11, 1, "gateway_estimate", None)]


def test_the_payload_and_the_spend_table_are_the_same_calls(store: Store) -> None:
    summary = ingest(store, [str(SAMPLES / PAYLOADS), str(SAMPLES / SPEND_LOGS)])

    assert (summary.new, summary.duplicates) == (12, 10)


def test_the_samples_cost_what_their_tokens_cost(store: Store, book: Book) -> None:
    ingest(store, [str(SAMPLES / PAYLOADS)])

    costs: dict[str, Decimal] = dict(
        store.price(book).rows("select book_model, sum(cost_usd) from priced_requests group by all")
    )
    # Claude, per 1M: input 3, read 0.30, write 3.75, 1h write 6, output 15. Twice with the write split:
    # 21 x 3 + 10240 x 0.30 + 1024 x 3.75 + 1024 x 6 + 187 x 15 = 15924; once unsplit, all 2048 at 3.75: 13620.
    assert Decimal("0.045468") == costs["claude-sonnet-4-5"]
    # gpt-4o-mini: four calls of 86 x 0.15 + 1920 x 0.075 + 300 x 0.60 = 336.9
    assert Decimal("0.0013476") == costs["gpt-4o-mini"]
    # embedding: 16 x 0.02 = 0.32
    assert Decimal("0.00000032") == costs["text-embedding-3-small"]


def test_recorded_bodies_come_through_to_their_usage(store: Store, tmp_path: Path) -> None:
    bodies = [b for b in read(CASES / "usage_bodies.jsonl") if b["provider"] in ("anthropic", "openai")]
    marks = {"anthropic": {"type": "message"}, "openai": {"object": "chat.completion"}}
    expected = {}
    for number, body in enumerate(bodies):
        record = {"id": f"body-{number}", **marks[body["provider"]], **body["raw"]}
        if body["provider"] == "openai" and "object" not in body["raw"] and "embedding" in body["raw"].get("model", ""):
            record["object"] = "list"
        target = tmp_path / f"{body['provider']}.jsonl"
        with target.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        if not (body["raw"].get("usage") or {}).get("iterations"):
            canonical = body["canonical"]
            expected[f"body-{number}"] = (canonical["input_tokens"], canonical.get("output_tokens", 0))

    ingest(store, [str(path) for path in sorted(tmp_path.glob("*.jsonl"))])

    found = {k: (i, o) for k, i, o in store.rows("select request_id, input_tokens, output_tokens from requests")}
    assert expected == {key: found[key] for key in expected}
