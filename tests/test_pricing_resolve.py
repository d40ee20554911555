"""Whose price a name in a log has, and whose it must never get."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcost.pricing import Key, Resolution, Resolver, load_book, shipped_book_path

BOOK = """\
format: llmcost-pricing/1
providers:
  - {id: openai, names: [Open-AI]}
  - {id: azure, names: [azure_ai], fallback: [openai]}
  - {id: aws, names: [bedrock]}
  - {id: anthropic}
models:
  - {provider: openai, model: gpt-4, match: ["gpt-4-0[0-9]*"], prices: [{input: 30, output: 60}]}
  - provider: openai
    model: gpt-4o
    match: [gpt-4-omni, "*gpt-4o-eu", "re:gpt-4o-v[0-9]+"]
    prices:
      - input: 2.5
        output: 10
        variants:
          - {when: {processing: batch}, multiply: 0.5}
          - {when: {service_tier: priority}, input: 4.25, output: 17}
  - {provider: openai, model: "ft:gpt-4o", prices: [{input: 3.75, output: 15}]}
  - {provider: openai, model: shared, prices: [{input: 1}]}
  - {provider: azure, model: shared, prices: [{input: 2}]}
  - {provider: openai, model: twice, prices: [{input: 1}]}
  - {provider: aws, model: twice, prices: [{input: 2}]}
  - {provider: azure, model: phi, prices: [{input: 2}]}
  - {provider: aws, model: anthropic.claude-x, prices: [{input: 3}]}
  - {provider: anthropic, model: claude-x, prices: [{input: 3}]}
deployments:
  - {name: prod-*, provider: azure, model: gpt-4o}
  - {name: prod-phi, provider: azure, model: phi}
  - {name: lost, provider: azure, model: nobody}
"""


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    path: Path = tmp_path_factory.mktemp("book") / "book.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return Resolver(load_book([path]))


def key(
    provider: str | None,
    model: str | None,
    *,
    deployment: str | None = None,
    tier: str | None = None,
    batch: bool = False,
    speed: str | None = None,
    geo: str | None = None,
) -> Key:
    return Key(provider, model, deployment, tier, batch, speed, geo)


def short(found: Resolution) -> tuple[str | None, str | None, str, str]:
    return found.provider, found.model, found.how, found.price_status


FOUND = {
    "its own id": (key("openai", "gpt-4o"), "openai", "gpt-4o", "exact"),
    "capitals": (key("OpenAI", "GPT-4o"), "openai", "gpt-4o", "exact"),
    "another name of the provider": (key("open-ai", "gpt-4o"), "openai", "gpt-4o", "exact"),
    "another name of the model": (key("openai", "gpt-4-omni"), "openai", "gpt-4o", "pattern"),
    "a glob": (key("openai", "gpt-4-0613"), "openai", "gpt-4", "pattern"),
    "a regular expression": (key("openai", "gpt-4o-v12"), "openai", "gpt-4o", "pattern"),
    "a date": (key("openai", "gpt-4o-2024-08-06"), "openai", "gpt-4o", "date stripped"),
    "a short date": (key("anthropic", "claude-x-20260217"), "anthropic", "claude-x", "date stripped"),
    "a date after an at sign": (key("anthropic", "claude-x@20260217"), "anthropic", "claude-x", "date stripped"),
    "latest": (key("anthropic", "claude-x-latest"), "anthropic", "claude-x", "date stripped"),
    "a Bedrock version after a date": (
        key("bedrock", "anthropic.claude-x-20260217-v1:0"),
        "aws",
        "anthropic.claude-x",
        "date stripped",
    ),
    "a prefix that names the provider": (key(None, "openai/gpt-4o"), "openai", "gpt-4o", "prefix stripped"),
    "a prefix that agrees": (key("openai", "openai/gpt-4o"), "openai", "gpt-4o", "prefix stripped"),
    "a prefix of the API": (key("openai", "models/gpt-4o"), "openai", "gpt-4o", "prefix stripped"),
    "a prefix and a date": (
        key(None, "openai/gpt-4o-2024-08-06"),
        "openai",
        "gpt-4o",
        "prefix stripped, date stripped",
    ),
    "no provider and one owner": (key(None, "gpt-4o"), "openai", "gpt-4o", "exact"),
    "a fine-tune": (key("openai", "ft:gpt-4o:acme::9x"), "openai", "ft:gpt-4o", "exact"),
    "a fine-tune of a dated model": (
        key("openai", "ft:gpt-4o-2024-08-06:acme::9x"),
        "openai",
        "ft:gpt-4o",
        "date stripped",
    ),
    "a fallback": (key("azure", "gpt-4o"), "azure", "gpt-4o", "exact, price of openai"),
    "a fallback behind a prefix": (
        key(None, "azure/gpt-4o"),
        "azure",
        "gpt-4o",
        "prefix stripped, price of openai",
    ),
    "own before the fallback": (key("azure", "shared"), "azure", "shared", "exact"),
    "a deployment": (
        key("azure", "prod-chat"),
        "azure",
        "gpt-4o",
        "deployment, price of openai",
    ),
    "a deployment by its id": (
        key("azure", "gpt-4", deployment="prod-chat"),
        "azure",
        "gpt-4o",
        "deployment, price of openai",
    ),
    "an exact deployment before a glob": (key("azure", "prod-phi"), "azure", "phi", "deployment"),
}


@pytest.mark.parametrize(("asked", "provider", "model", "how"), FOUND.values(), ids=FOUND)
def test_a_name_is_found_by_the_first_step_that_fits(
    resolver: Resolver, asked: Key, provider: str, model: str, how: str
) -> None:
    assert (provider, model, how, "priced") == short(resolver.resolve(asked))


UNKNOWN = {
    "a neighbour's name": (key("openai", "gpt-4.1"), "unknown model"),
    "a longer name": (key("openai", "gpt-4o-mini"), "unknown model"),
    "a shorter name": (key("openai", "gpt"), "unknown model"),
    "a fine-tune without its own price": (key("openai", "ft:gpt-4:acme::9x"), "unknown model"),
    "a fine-tune that a careless glob fits": (key("openai", "ft:gpt-4o-mini:x:gpt-4o-eu"), "unknown model"),
    "a fine-tune with a slash": (key("openai", "ft:gpt-4:acme:team/gpt-4:9x"), "unknown model"),
    "an Azure fine-tune": (key("azure", "gpt-4.ft-9x"), "unknown model"),
    "a prefix that contradicts": (key("openai", "anthropic/gpt-4o"), "unknown model"),
    "a gateway with prices of its own": (key(None, "somewhere/gpt-4o"), "unknown model"),
    "no provider and two owners": (key(None, "twice"), "unknown model"),
    "no fallback the other way": (key("openai", "phi"), "unknown model"),
    "a deployment of a model without a price": (key("azure", "gpt-4o", deployment="lost"), "unknown model"),
    "another provider's deployment": (key("openai", "prod-chat"), "unknown model"),
    "no name at all": (key("openai", None), "unknown model"),
    "an empty name": (key(None, ""), "unknown model"),
    "a provider that is not in the book": (key("nobody", "gpt-4o"), "unknown provider"),
}


@pytest.mark.parametrize(("asked", "status"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_no_step_finds_has_a_reason_and_no_rule(resolver: Resolver, asked: Key, status: str) -> None:
    found = resolver.resolve(asked)

    assert (None, None, "", status) == short(found)
    assert found.rule_id is None


STANDARD = [
    key("openai", "gpt-4o", tier=tier, speed=speed, geo=geo)
    for tier in (None, "", "standard", "Default", "auto", "on_demand")
    for speed in (None, "standard")
    for geo in (None, "global", "not_available")
]


@pytest.mark.parametrize("asked", STANDARD, ids=str)
def test_what_is_standard_has_no_context(resolver: Resolver, asked: Key) -> None:
    found = resolver.resolve(asked)

    assert ("", "priced") == (found.context, found.price_status)


@pytest.mark.parametrize(
    ("asked", "context", "status"),
    [
        (key("openai", "gpt-4o", batch=True), "processing=batch", "priced"),
        (key("openai", "gpt-4o", tier="batch"), "processing=batch", "priced"),
        (key("openai", "gpt-4o", tier="Priority"), "service_tier=priority", "priced"),
        (
            key("openai", "gpt-4o", tier="priority", batch=True),
            "processing=batch;service_tier=priority",
            "no price for context",
        ),
        (key("openai", "gpt-4o", tier="scale"), "service_tier=scale", "no price for context"),
        (key("openai", "gpt-4o", speed="fast"), "speed=fast", "no price for context"),
        (key("openai", "gpt-4o", geo="EU"), "inference_geo=eu", "no price for context"),
        (key("openai", "gpt-4", batch=True), "processing=batch", "no price for context"),
    ],
)
def test_a_service_level_without_a_price_is_not_priced_as_standard(
    resolver: Resolver, asked: Key, context: str, status: str
) -> None:
    found = resolver.resolve(asked)

    assert (context, status) == (found.context, found.price_status)
    assert found.rule_id is not None


def test_a_model_and_the_same_model_from_a_reseller_have_rules_of_their_own(resolver: Resolver) -> None:
    own, lent = (resolver.resolve(key(provider, "gpt-4o")).rule_id for provider in ("openai", "azure"))

    assert own != lent


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gpt-4.1", "gpt-4.1"),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("gpt-4", "gpt-4"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("ft:gpt-4o-mini-2024-07-18:acme::9x", "ft:gpt-4o-mini"),
        ("gpt-4.2", None),
    ],
)
def test_the_shipped_book_gives_no_model_its_neighbours_price(name: str, model: str | None) -> None:
    assert model == Resolver(load_book([shipped_book_path()])).resolve(key("openai", name)).model
