"""Worked examples with their dollars: through ingest and the view, exact to the last digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.store import Store
from tests.conftest import CASES

EXAMPLES = CASES / "worked_examples.jsonl"
NUMBER = 104
COLUMNS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_write_input_tokens",
    "cache_write_1h_tokens": "cache_write_1h_input_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "input_image_tokens": "input_image_tokens",
    "output_image_tokens": "output_image_tokens",
    "cache_audio_read_tokens": "cache_read_audio_tokens",
    "cache_image_read_tokens": "cache_read_image_tokens",
    "output_reasoning_tokens": "reasoning_output_tokens",
    "web_searches": "web_search_requests",
    "x_searches": "x_search_requests",
}
# Fees of one request, in its own rates: so much for each, or the sum that the provider told.
RATES = {"web_searches_each": "web_search", "x_searches_each": "x_search", "requests_each": "request"}
# Their example states no rates: a test of a price book's, so only the shipped book can give them.
WITHOUT_RATES = {"wx118", "wx119", "wx121"}
# What the shipped book does not give, and why.
NOT_SHIPPED = {
    "wx022": "OpenRouter: a model that the source does not list",
    "wx027": "OpenRouter: the price of who served it, not of its list",
    "wx028": "OpenRouter: the price of who served it, not of its list",
    "wx044": "OpenRouter: the fee of an advisor tool, told only in the answer's cost",
    "wx045": "OpenRouter: the fee of a file parser, told only in the answer's cost",
    "wx087": "claude-3.5-sonnet@abc is no name that Anthropic gives; nothing is guessed",
}


def examples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]


def record(example: dict[str, Any]) -> dict[str, Any]:
    """Write an example in llmcost's own format."""
    context = example["context"]
    counts = {COLUMNS[key]: count for key, count in example["usage"].items() if key in COLUMNS}
    return {
        "llmcost": 1,
        "request_id": example["id"],
        "started_at": f"{example['date']}T{example['time_utc']}:00Z",
        "provider_name": example["provider"],
        "response_model": example["model"],
        "usage_source": "provider",
        **{"input_tokens": 0, "output_tokens": 0, **counts},
        **{key: value for key, value in context.items() if key != "processing"},
        "is_batch": context.get("processing") == "batch",
    }


def own_book(example: dict[str, Any]) -> str:
    """Write the rates of an example as a book of one model."""
    rates = {RATES.get(name, name): rate for name, rate in example["rates_usd"].items()}
    if "other_fees_usd_each" in rates:
        del rates["other_fees_usd_each"]
        rates["request"] = example["usage"]["other_fees_usd"]
    prices = ", ".join(f"{name}: {Decimal(str(rate)):f}" for name, rate in rates.items())
    when = ", ".join(f"{axis}: {value}" for axis, value in example["context"].items())
    # the rates are those of the level that the request was served at
    variants = f", variants: [{{when: {{{when}}}, multiply: 1}}]" if when else ""
    return (
        "format: llmcost-pricing/1\nmodels:\n"
        f"  - provider: {example['provider']}\n    model: {json.dumps(example['model'])}\n"
        f"    prices: [{{{prices}{variants}}}]\n"
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    log = tmp_path_factory.mktemp("examples") / "log.jsonl"
    log.write_text("".join(json.dumps(record(e)) + "\n" for e in examples()), encoding="utf-8")
    with Store() as store:
        ingest(store, [str(log)])
        yield store


def costs(store: Store, book: Book) -> dict[str, tuple[Decimal | None, str]]:
    rows = store.price(book).rows("select request_id, cost_usd, price_status from priced_requests")
    return {name: (cost, status) for name, cost, status in rows}


@pytest.fixture(scope="module")
def shipped(filled: Store, book: Book) -> dict[str, tuple[Decimal | None, str]]:
    return costs(filled, book)


def test_no_example_is_left_out() -> None:
    assert NUMBER == len(examples())


@pytest.mark.parametrize("example", [e for e in examples() if e["id"] not in WITHOUT_RATES], ids=lambda e: e["id"])
def test_a_worked_example_is_exact_from_its_own_rates(filled: Store, example: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(own_book(example), encoding="utf-8")

    assert (Decimal(example["exact_usd"]), "priced") == costs(filled, load_book([path]))[example["id"]]


@pytest.mark.parametrize("example", examples(), ids=lambda e: e["id"])
def test_a_worked_example_is_exact_from_the_shipped_book_or_said_not_to_be(
    example: dict[str, Any], shipped: dict[str, tuple[Decimal | None, str]]
) -> None:
    cost, status = shipped[example["id"]]

    agrees = (Decimal(example["exact_usd"]), "priced") == (cost, status)
    assert agrees is (example["id"] not in NOT_SHIPPED), f"{cost} {status}, not {example['exact_usd']}"
