"""The price book: what it refuses, what it makes of its rows, whom it finds by name."""

from __future__ import annotations

import itertools
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.errors import PriceBookError
from llmcost.pricing import Book, Key, PriceRow, Resolver, load_book, price_rows, shipped_book_path

HEAD = "format: llmcost-pricing/1\n"


def load(folder: Path, text: str, name: str = "book.yaml") -> Book:
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return load_book([path])


def model(prices: str) -> str:
    return f"models:\n  - provider: p\n    model: m\n    prices:\n{prices}"


BAD = {
    "unknown key": (model("      - {input: 1, colour: 2}\n"), 6, "unknown key `colour`"),
    "duplicate key": (model("      - {input: 1, input: 2}\n"), 6, "duplicate key `input`"),
    "exponent": (model("      - {input: 3e-06}\n"), 6, "no plain number"),
    "sexagesimal": (model("      - {input: 16:30}\n"), 6, "no plain number"),
    "underscore": (model("      - {input: 1_000}\n"), 6, "no plain number"),
    "negative": (model("      - {input: -1}\n"), 6, "no plain number"),
    "infinity": (model("      - {input: .inf}\n"), 6, "no plain number"),
    "boolean": (model("      - {input: yes}\n"), 6, "no plain number"),
    "ten decimals": (model("      - {input: 0.0000000001}\n"), 6, "more than 9 decimals"),
    "a day that is none": (model("      - {from: 2026-13-01, input: 1}\n"), 6, "no day"),
    "a short day": (model("      - {from: 2026-3-1, input: 1}\n"), 6, "no day"),
    "order": (
        model("      - {from: 2026-02-01, input: 1}\n      - {from: 2026-01-01, input: 1}\n"),
        7,
        "does not come after",
    ),
    "missing date": (model("      - {from: 2026-02-01, input: 1}\n      - {input: 1}\n"), 7, "does not come after"),
    "overlap": (
        model("      - {from: 2026-01-01, to: 2026-03-01, input: 1}\n      - {from: 2026-02-01, input: 1}\n"),
        7,
        "overlaps",
    ),
    "backwards": (model("      - {from: 2026-02-01, to: 2026-01-01, input: 1}\n"), 6, "is not after"),
    "no rate": (model("      - {from: 2026-02-01}\n"), 6, "has no rate"),
    "tier order": (
        model("      - {input: 1, tiers: [{over: 9, input: 2}, {over: 5, input: 3}]}\n"),
        6,
        "does not come after",
    ),
    "tier without a mark": (model("      - {input: 1, tiers: [{input: 2}]}\n"), 6, "either `over` or `at_least`"),
    "variant of both": (
        model("      - {input: 1, variants: [{when: {processing: batch}, multiply: 1, input: 2}]}\n"),
        6,
        "either rates of its own or `multiply`",
    ),
    "unknown axis": (
        model("      - {input: 1, variants: [{when: {mood: good}, multiply: 1}]}\n"),
        6,
        "unknown key `mood`",
    ),
    "no model": ("models:\n  - {provider: p, prices: [{input: 1}]}\n", 3, "has no `model`"),
    "a model twice": (
        "models:\n" + "  - {provider: p, model: m, prices: [{input: 1}]}\n" * 2,
        4,
        "a second time",
    ),
    "another currency": ("currency: EUR\n", 2, "must be USD"),
    "no YAML": ("models: [\n", 3, "no YAML"),
}


@pytest.mark.parametrize(("text", "line", "words"), BAD.values(), ids=BAD)
def test_a_bad_book_is_refused_with_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(PriceBookError) as refusal:
        load(tmp_path, text)

    assert refusal.value.message.startswith(f"{tmp_path / 'book.yaml'}:{line}: ")
    assert words in refusal.value.message
    assert refusal.value.exit_code == 2


def test_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("format: llmcost-pricing/9\n", encoding="utf-8")

    with pytest.raises(PriceBookError, match="llmcost-pricing/1"):
        load_book([tmp_path / "x.yaml"])


def test_names_stay_as_they_are_written(tmp_path: Path) -> None:
    book = load(tmp_path, "models:\n  - {provider: p, model: no, match: [010, 1e3], prices: [{input: 1}]}\n")

    assert (book.models[0].model, book.models[0].match) == ("no", ("010", "1e3"))


def rows_by_context(book: Book) -> dict[str, list[PriceRow]]:
    found: dict[str, list[PriceRow]] = {}
    for row in price_rows(book):
        found.setdefault(row.context, []).append(row)
    return found


def test_missing_rates_are_their_neighbours_and_never_zero(tmp_path: Path) -> None:
    (row,) = price_rows(load(tmp_path, model("      - {input: 2, output: 8, cache_write: 2.5}\n")))

    assert (Decimal(2), Decimal("2.5"), Decimal("2.5"), Decimal(8)) == (
        row.cache_read,
        row.cache_write,
        row.cache_write_1h,
        row.reasoning,
    )
    assert {"cache_read", "cache_write_1h", "reasoning"} <= set(row.assumed.split(","))


def test_an_embedding_has_no_output_rate(tmp_path: Path) -> None:
    (row,) = price_rows(load(tmp_path, model("      - {input: 0.02}\n")))

    assert row.output is None


def test_tiers_part_at_their_threshold_and_inherit_what_they_do_not_name(tmp_path: Path) -> None:
    prices = "      - {input: 1, output: 4, tiers: [{over: 200, input: 2}, {at_least: 500, input: 3, output: 9}]}\n"

    rows = price_rows(load(tmp_path, model(prices)))

    found = [(row.tier_over, row.tier_up_to, str(row.input), str(row.output)) for row in rows]
    assert [(-1, 200, "1", "4"), (200, 499, "2", "4"), (499, 2**62, "3", "9")] == found


def test_service_levels_on_different_axes_stack(tmp_path: Path) -> None:
    variants = (
        "variants: [{when: {processing: batch}, multiply: 0.5}, {when: {inference_geo: us}, multiply: 1.1}, "
        "{when: {service_tier: flex}, input: 3, output: 5}, {when: {service_tier: priority}, multiply: 2}]"
    )
    found = rows_by_context(load(tmp_path, model(f"      - {{input: 4, output: 8, web_search: 0.01, {variants}}}\n")))

    assert Decimal("2.2") == found["inference_geo=us;processing=batch"][0].input
    assert Decimal("3.3") == found["inference_geo=us;service_tier=flex"][0].input
    assert Decimal("0.01") == found["processing=batch"][0].web_search
    assert not [c for c in found if "flex" in c and "priority" in c]


def test_a_contract_cuts_a_period_where_it_begins_and_ends(tmp_path: Path) -> None:
    adjust = "adjust: [{provider: p, from: 2026-02-01, to: 2026-03-01, multiply: 0.9}]\n"

    rows = price_rows(load(tmp_path, adjust + model("      - {from: 2026-01-01, input: 1}\n")))

    assert [(datetime(2026, 1, 1), 1), (datetime(2026, 2, 1), Decimal("0.9")), (datetime(2026, 3, 1), 1)] == [
        (row.valid_from, row.multiplier) for row in rows
    ]


def test_a_later_book_replaces_a_whole_model(tmp_path: Path) -> None:
    load(tmp_path, model("      - {input: 1, output: 2}\n"), "first.yaml")
    load(tmp_path, model("      - {input: 5}\n"), "second.yaml")

    (row,) = price_rows(load_book([tmp_path / "first.yaml", tmp_path / "second.yaml"]))

    assert (Decimal(5), None) == (row.input, row.output)


def test_the_shipped_book_overlaps_nowhere_and_every_row_has_an_input_rate(book: Book) -> None:
    rows = price_rows(book)
    seen = sorted((r.rule_id, r.context, r.tier_over, r.valid_from, r.valid_to) for r in rows)

    assert all(r.input is not None for r in rows)
    for (*key, _, end), (*other, start, _) in itertools.pairwise(seen):
        assert key != other or end <= start


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
        ("openai", "openai/gpt-4o-mini", ("gpt-4o-mini", "prefix stripped, exact")),
        (None, "openai/gpt-4o-mini", ("gpt-4o-mini", "prefix stripped, exact")),
        (None, "gpt-4o-mini", ("gpt-4o-mini", "exact")),
        ("azure", "gpt-4o", ("gpt-4o", "price of openai, exact")),
        ("anthropic", "claude-sonnet-4-5-20250929", ("claude-sonnet-4-5", "date stripped, exact")),
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


def test_a_deployment_is_found_by_its_map_alone(tmp_path: Path) -> None:
    text = (
        "providers: [{id: openai}, {id: azure, fallback: [openai]}]\n"
        "deployments: [{name: prod-chat-*, provider: azure, model: gpt-x}]\n"
        "models: [{provider: openai, model: gpt-x, prices: [{input: 1}]}]\n"
    )
    book = load(tmp_path, text)

    assert found(book, "azure", "prod-chat-7") == ("gpt-x", "deployment")
    assert found(book, "azure", "test-chat-7") == (None, "unknown model")


def test_a_model_of_two_providers_needs_its_provider(tmp_path: Path) -> None:
    book = load(
        tmp_path, "models: [" + ", ".join(f"{{provider: {p}, model: m, prices: [{{input: 1}}]}}" for p in "ab") + "]\n"
    )

    assert found(book, None, "m") == (None, "unknown model")
    assert found(book, "b", "m") == ("m", "exact")


def test_known_prices_stand_in_the_shipped_book(book: Book) -> None:
    rates = {
        (book.models[r.rule_id].model, r.valid_from.date().isoformat()): r for r in price_rows(book) if r.context == ""
    }

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
