"""The shipped price book: prices that anybody can look up, and names as logs write them."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.errors import PriceBookError
from llmcost.pricing import Book, Key, Resolver, load_book, price_rows, shipped_book_path
from llmcost.pricing.rates import rules
from tests.conftest import Run


def test_the_shipped_book_overlaps_nowhere_and_every_row_has_a_price(book: Book) -> None:
    rows = price_rows(book)
    seen = sorted((r.rule_id, r.context, r.tier_over, r.days, r.minute_from, r.valid_from, r.valid_to) for r in rows)

    assert all(r.input is not None or r.output is not None or r.request or r.page or r.image or r.second for r in rows)
    for (*key, _, end), (*other, start, _) in itertools.pairwise(seen):
        assert key != other or end <= start


@pytest.mark.parametrize("factors", ["0.9999999", "100", "0.9999 0.9999"])
def test_a_contract_factor_that_would_be_rounded_is_refused(tmp_path: Path, factors: str) -> None:
    path = tmp_path / "book.yaml"
    adjust = "".join(f"  - {{provider: p, multiply: {factor}}}\n" for factor in factors.split())
    model = "models: [{provider: p, model: m, prices: [{input: 1}]}]\n"
    path.write_text(f"format: llmcost-pricing/1\nadjust:\n{adjust}{model}", encoding="utf-8")

    with pytest.raises(PriceBookError, match="contract factor") as refusal:
        price_rows(load_book([path]))
    assert refusal.value.message.startswith(f"{path}:")


def found(book: Book, provider: str | None, name: str | None, **level: object) -> tuple[str | None, str]:
    fields = {"deployment_id": None, "service_tier": None, "is_batch": False, "speed": None, "inference_geo": None}
    result = Resolver(book).resolve(Key(provider_name=provider, model=name, **{**fields, **level}))  # type: ignore[arg-type]
    return result.model, result.price_status if result.price_status != "priced" else result.how


@pytest.mark.parametrize(
    ("provider", "name", "expected"),
    [
        ("openai", "gpt-4.1", ("gpt-4.1", "exact")),
        ("openai", "gpt-4", ("gpt-4", "exact")),
        ("openai", "GPT-4o", ("gpt-4o", "exact")),
        ("openai", "gpt-4o-2024-05-13", ("gpt-4o-2024-05-13", "exact")),
        ("openai", "gpt-4o-2024-11-20", ("gpt-4o", "pattern")),
        ("openai", "openai/gpt-4o-mini", ("gpt-4o-mini", "prefix stripped")),
        (None, "openai/gpt-4o-mini", ("gpt-4o-mini", "prefix stripped")),
        (None, "gpt-4o-mini", ("gpt-4o-mini", "exact")),
        ("azure", "gpt-4o", ("gpt-4o", "exact, price of openai")),
        ("anthropic", "claude-sonnet-4-5-20250929", ("claude-sonnet-4-5", "date stripped")),
        ("openai", "ft:gpt-4o-mini:org::id", ("ft:gpt-4o-mini", "exact")),
        ("openai", "ft:gpt-4.1-mini:org::id", (None, "unknown model")),
        ("openai", "gpt-4.7", (None, "unknown model")),
        ("openai", "gpt-4o-minimal", (None, "unknown model")),
        ("openai", "anthropic/claude-opus-5", (None, "unknown model")),
        ("openai", None, (None, "unknown model")),
        ("acme", "gpt-4o", (None, "unknown provider")),
        ("azure", "my-deployment", (None, "unknown model")),
    ],
)
def test_a_name_is_found_exactly_or_not_at_all(
    book: Book, provider: str | None, name: str | None, expected: tuple[str | None, str]
) -> None:
    assert expected == found(book, provider, name)


def test_the_served_level_decides_and_an_unknown_one_has_no_price(book: Book) -> None:
    assert found(book, "openai", "gpt-4o", service_tier="default") == ("gpt-4o", "exact")
    assert found(book, "openai", "gpt-4o", service_tier="priority") == ("gpt-4o", "exact")
    assert found(book, "openai", "gpt-4o", service_tier="gold") == ("gpt-4o", "no price for context")
    assert found(book, "anthropic", "claude-opus-4-6", inference_geo="us") == ("claude-opus-4-6", "exact")


def test_the_shipped_book_is_of_sixteen_providers_and_six_hundred_models_and_more(book: Book) -> None:
    assert len({model.provider for model in book.models}) >= 16
    assert len(book.models) >= 600
    # every provider of a model is one that says what gateways call it
    assert {model.provider for model in book.models} <= {provider.id for provider in book.providers}


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        *(("gcp.gemini", "google"), ("gcp.vertex_ai", "google"), ("gemini", "google"), ("vertex_ai", "google")),
        *(("aws.bedrock", "aws"), ("bedrock_converse", "aws"), ("xai", "x-ai"), ("x_ai", "x-ai")),
        *(("mistral_ai", "mistral"), ("together_ai", "together"), ("fireworks_ai", "fireworks")),
        *(("azure.ai.openai", "azure"), ("moonshot", "moonshotai"), ("voyage", "voyageai")),
    ],
)
def test_what_gateways_call_a_provider_is_known(book: Book, said: str, provider: str) -> None:
    names = {name: p.id for p in book.providers for name in (p.id, *p.names)}

    assert provider == names[said]


def test_without_a_provider_the_makers_price_counts_and_nobodys_guess(book: Book) -> None:
    resolver = Resolver(book)
    claude, llama = (
        resolver.resolve(Key(None, name, None, None, False, None, None))
        for name in ("claude-sonnet-4-5", "llama-3.3-70b")
    )

    assert ("anthropic", "claude-sonnet-4-5", "priced") == (claude.provider, claude.model, claude.price_status)
    assert "maker" in claude.how
    # sold by who did not make it: who served it is not known
    assert (None, "unknown model") == (llama.rule_id, llama.price_status)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet-20240620-v1:0"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("ca.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
        ("xx.amazon.nova-lite-v1:0", None),
        ("us.anthropic.claude-sonnet-4-55", None),
    ],
)
def test_a_name_of_bedrock_has_the_price_of_where_it_runs(book: Book, name: str, model: str | None) -> None:
    assert model == Resolver(book).resolve(Key("bedrock", name, None, None, False, None, None)).model


def test_known_prices_stand_in_the_shipped_book(book: Book) -> None:
    models = [rule.model.model for rule in rules(book)]
    standard = [row for row in price_rows(book) if row.context == ""]
    rates = {(models[row.rule_id], row.valid_from.date().isoformat()): row for row in standard}

    assert Decimal("0.5") == rates["o3", "2025-06-10"].cache_read
    assert Decimal("2.5") == rates["o3", "0001-01-01"].cache_read
    sonnet = rates["claude-sonnet-4-6", "2026-03-13"]
    assert tuple(map(Decimal, ("3", "0.3", "3.75", "6", "15"))) == (
        sonnet.input,
        sonnet.cache_read,
        sonnet.cache_write,
        sonnet.cache_write_1h,
        sonnet.output,
    )
    assert shipped_book_path().name == "pricing.yaml"


def test_the_nearest_local_book_upwards_counts_and_is_the_one_that_is_kept(llmcost: Run, tmp_path: Path) -> None:
    book = "format: llmcost-pricing/1\nproviders:\n  - {id: acme}\nmodels:\n" + (
        "  - provider: acme\n    model: house-1\n    prices:\n      - {from: 2026-01-01, input: 1, output: 2}\n"
    )
    (tmp_path / "pricing.local.yaml").write_text(book, encoding="utf-8")
    below = tmp_path / "team" / "logs"
    below.mkdir(parents=True)

    shown = llmcost("pricing", "list", "--provider", "acme", "-f", "csv", cwd=below)

    assert 0 == shown.returncode, shown.stderr
    assert "house-1" in shown.stdout
