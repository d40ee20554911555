"""Recorded usage of nine providers: each body, a line of its raw format, comes to the usage and dollars it states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Priced, Store
from tests.conftest import CASES

BODIES = CASES / "usage_bodies.jsonl"
NUMBER = 54
COLUMNS = {
    "input_tokens": "input_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_write_input_tokens",
    "cache_write_5m_tokens": "cache_write_5m_input_tokens",
    "cache_write_1h_tokens": "cache_write_1h_input_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_tokens": "output_tokens",
    "output_reasoning_tokens": "reasoning_output_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "output_image_tokens": "output_image_tokens",
    "web_searches": "web_search_requests",
}
# Parts that the store does not keep apart.
NOT_KEPT = {
    *("input_text_tokens", "output_text_tokens"),
    *("input_tool_tokens", "input_text_tool_tokens"),
}
# Its top level leaves the compaction out, which is paid for: 100 + 55,096 + 180 and 82 + 8.
COMPACTED = 30
# mistral-large-latest is mistral-large-2512 today, which the source of these dollars does not know:
# 70 x $0.5 + 12 x $1.5, and 44 x $0.5 + 224 x $0.05 + 5 x $1.5 per million
MOVED = {33: "0.000053", 48: "0.0000407"}
OF_COMPACTED = {
    "input_tokens": 55376,
    "cache_write_tokens": 55096,
    "cache_write_5m_tokens": 55096,
    "cache_write_1h_tokens": 0,
    "cache_read_tokens": 0,
    "web_searches": 0,
    "output_tokens": 90,
}


def bodies() -> list[dict[str, Any]]:
    return [json.loads(line) for line in BODIES.read_text(encoding="utf-8").splitlines()]


def line_of(number: int, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Put around a usage what its provider does; tell the format it then is of."""
    name, raw = f"body-{number}", body["raw"]
    if body["provider"] == "anthropic":
        return "anthropic", {"id": name, "type": "message", "role": "assistant", "content": [], **raw}
    if body["provider"] == "aws":
        message = {"role": "assistant", "content": []}
        beside = {"ResponseMetadata": {"RequestId": name, "HTTPStatusCode": 200}}
        return "bedrock_converse", {**beside, "output": {"message": message}, "stopReason": "end_turn", **raw}
    if body["provider"] == "cohere":
        answer = {"embeddings": {}} if body["api_flavor"] == "embeddings" else {"message": {"role": "assistant"}}
        return "cohere", {"id": name, **answer, **raw}
    if body["provider"] == "google":
        return "gemini", {"responseId": name, "candidates": [{"finishReason": "STOP"}], **raw}
    if body["api_flavor"] == "responses":
        return "openai", {"id": name, "object": "response", "created_at": 1793520000, "output": [], **raw}
    if body["api_flavor"] == "embeddings" or "embedding" in raw["model"]:
        return "openai", {"id": name, "object": "list", "data": [], **raw}
    return "openai", {"id": name, "object": "chat.completion", "created": 1793520000, "choices": [], **raw}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("bodies")
    lines: dict[str, list[str]] = {}
    for number, body in enumerate(bodies()):
        format, line = line_of(number, body)
        lines.setdefault(format, []).append(json.dumps(line) + "\n")
    for format, texts in lines.items():
        (folder / f"{format}.jsonl").write_text("".join(texts), encoding="utf-8")
    with Store() as store:
        summary = ingest(store, [str(folder)])

        assert (dict.fromkeys(lines, 1), 0, {}) == (dict(summary.formats), summary.rejected, summary.passed_over)
        yield store


def test_there_are_as_many_bodies_as_are_tested(ingested: Store) -> None:
    assert len(bodies()) == NUMBER
    # every body is one request, and one asked an advisor of another model
    assert NUMBER + 1 == ingested.value("select count(*) from requests")


@pytest.mark.parametrize("number", range(NUMBER))
def test_a_recorded_body_comes_to_the_usage_it_states(ingested: Store, number: int) -> None:
    body = bodies()[number]
    stated = OF_COMPACTED if number == COMPACTED else body["canonical"]
    expected = {COLUMNS[key]: count for key, count in stated.items() if key not in NOT_KEPT}

    rows = ingested.rows(f"select {', '.join(expected)} from requests where request_id = $1", [f"body-{number}"])

    assert [expected] == [dict(zip(expected, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def priced(ingested: Store, book: Book) -> Priced:
    """Who answered is what a gateway's log says beside a body: some bodies do not say it themselves."""
    for number, body in enumerate(bodies()):
        told = {"provider": {"aws": "aws.bedrock"}.get(body["provider"], body["provider"]), "id": f"body-{number}"}
        ingested.execute("update requests set provider_name = $provider, name_id = null where request_id = $id", told)
    return ingested.price(book)


@pytest.mark.parametrize("number", range(NUMBER))
def test_a_recorded_body_costs_what_it_states(priced: Priced, number: int) -> None:
    stated = MOVED.get(number, bodies()[number]["usd_genai_prices_today"])
    # 280 x $3 + 55,096 x $3.75 + 90 x $15 per million
    expected = "0.2088" if number == COMPACTED else stated

    cost = priced.value("select list_cost_usd from priced_requests where request_id = $id", id=f"body-{number}")

    assert (expected and Decimal(expected)) == cost
