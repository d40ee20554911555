"""What a book says of waste, as tables: unbilled statuses, cache rules, substitutes; and what the shipped book says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book, Key, PriceRow, Resolution, Resolver, load_book, shipped_book_path
from llmcost.pricing.edit import edited, verify
from llmcost.pricing.files import read_book
from llmcost.pricing.inspect import strays
from llmcost.pricing.rates import FUTURE, PAST, rows_of
from llmcost.pricing.update import Change
from llmcost.pricing.waste import CacheRule, Substitute, Unbilled
from llmcost.store import Store
from llmcost.store.detection_rules import MADE, DetectionRules, detection_rules

MODELS = """\
format: llmcost-pricing/1
providers: [{id: acme, names: [acme-cloud]}, {id: rival}, {id: reseller, fallback: [acme]}]
models:
  - {provider: acme, model: heron, match: ["heron-2*"], prices: [{input: 4, output: 8, cache_read: 0.4}]}
  - provider: acme
    model: wren
    prices: [{input: 1, output: 2, variants: [{when: {processing: batch}, multiply: 0.5}]}]
  - {provider: acme, model: owl, prices: [{input: 2, output: 8}]}
  - {provider: rival, model: heron, prices: [{input: 5, output: 9}]}
  - {provider: reseller, model: own, prices: [{input: 5, output: 9}]}
"""
BILLING = """\
billing:
  - {not_billed: [401, 429]}
  - {provider: acme-cloud, not_billed: [429], from: 2026-01-01, to: 2026-03-01}
"""
RULES = """\
cache_rules:
  - provider: acme
    models: ["her*"]
    from: 2026-01-01
    min_tokens: 1024
    step_tokens: 128
    policies:
      - {name: 5m, ttl_seconds: 300, write: cache_write, hit_share: [0.85, 1, 1]}
      - {name: 1h, ttl_seconds: 3600, write: cache_write_1h, hit_share: [0.8, 0.9, 1]}
  - provider: acme
    models: [heron, wren]
    min_tokens: 4096
    policies: [{name: automatic, ttl_seconds: 300, write: input, hit_share: [0.1234, 0.9, 1]}]
"""
SUBSTITUTES = """\
substitutes:
  - {provider: acme, model: heron, smaller: wren, successor: owl, from: 2026-02-01}
  - {provider: acme, model: owl, smaller: wren}
"""
Loaded = Callable[..., DetectionRules]


def micros(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1_000_000


BEGIN, END = (micros(str(day)) for day in (PAST, FUTURE))


def books(folder: Path, *texts: str) -> Book:
    paths = [folder / f"book{at}.yaml" for at in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text if text.startswith("format") else "format: llmcost-pricing/1\n" + text, encoding="utf-8")
    return load_book(paths)


def request(model: str, provider: str | None = "acme", **more: object) -> dict[str, object]:
    named = {} if provider is None else {"provider_name": provider}
    return {"llmcost": 1, "started_at": "2026-05-01T12:00:00Z", "response_model": model, "input_tokens": 100} | (
        named | more
    )


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> Loaded:
    """Ingest requests and bring in books, a later one on top of an earlier one."""

    def load(requests: list[dict[str, object]], *texts: str) -> DetectionRules:
        lines = [json.dumps({"request_id": f"r{at}", "output_tokens": 10} | r) for at, r in enumerate(requests)]
        (tmp_path / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
        ingest(store, [str(tmp_path / "log.jsonl")])
        return detection_rules(store.price(books(tmp_path, *texts)))

    return load


def statuses(rules: DetectionRules, provider: str) -> set[tuple[object, ...]]:
    columns = "http_status_code, valid_from_us, valid_to_us"
    return set(rules.rows(f"select {columns} from unbilled_statuses where provider = $provider", provider=provider))


def substitutes(rules: DetectionRules, table: str) -> list[tuple[object, ...]]:
    return rules.rows(f"select provider_name, model_named, provider, model, price_status from {table} order by 1, 2")


def test_a_book_that_says_nothing_of_waste_makes_empty_tables(loaded: Loaded) -> None:
    rules = loaded([request("heron")], MODELS)

    assert MADE.keys() == rules.made.keys()
    for table in MADE:
        assert 0 == rules.value(f"select count(*) from {table}")


def test_a_billing_rule_without_a_provider_is_for_every_one(loaded: Loaded) -> None:
    rules = loaded([request("heron")], MODELS, BILLING)

    for provider in ("rival", "reseller"):
        assert {(401, BEGIN, END), (429, BEGIN, END)} == statuses(rules, provider)


def test_a_providers_own_billing_rule_covers_the_one_for_all_while_it_holds(loaded: Loaded) -> None:
    rules = loaded([request("heron")], MODELS, BILLING)

    first, last = micros("2026-01-01"), micros("2026-03-01")
    assert {
        *{(401, BEGIN, first), (429, BEGIN, first)},
        (429, first, last),
        *{(401, last, END), (429, last, END)},
    } == statuses(rules, "acme")


def test_a_billing_rule_of_a_later_book_wins_even_if_it_is_for_all(loaded: Loaded) -> None:
    rules = loaded([request("heron")], MODELS, BILLING, "billing: [{not_billed: [], from: 2026-02-01}]\n")

    assert {(429, micros("2026-01-01"), micros("2026-02-01"))} < statuses(rules, "acme")
    assert END not in {until for _, _, until in statuses(rules, "acme")}


def test_the_first_cache_rule_that_fits_counts_and_leaves_the_others_the_other_days(loaded: Loaded) -> None:
    rules = loaded([request("heron")], MODELS, RULES)

    start = micros("2026-01-01")
    shares = [tuple(map(Decimal, text.split())) for text in ("0.1234 0.9 1", "0.85 1 1", "0.8 0.9 1")]
    assert [
        ("acme", "heron", "automatic", 300_000_000, 4096, 1, "input", *shares[0], BEGIN, start),
        ("acme", "heron", "5m", 300_000_000, 1024, 128, "cache_write", *shares[1], start, END),
        ("acme", "heron", "1h", 3_600_000_000, 1024, 128, "cache_write_1h", *shares[2], start, END),
    ] == rules.rows("from cache_rules order by valid_from_us, ttl_us")


def test_what_a_rule_covers_does_not_cut_it(loaded: Loaded) -> None:
    covered = RULES.replace("    min_tokens: 4096", "    from: 2026-02-01\n    to: 2026-03-01\n    min_tokens: 4096")
    rules = loaded([request("heron")], MODELS, covered)

    assert 2 == rules.value("select count(*) from cache_rules")


def test_only_models_that_the_store_has_get_cache_rules(loaded: Loaded) -> None:
    rules = loaded([request("wren"), request("heron", "rival"), request("swan")], MODELS, RULES)

    assert [("acme", "wren")] == rules.rows("select distinct provider, model from cache_rules")


def test_a_later_book_can_say_that_a_model_has_no_cache(loaded: Loaded) -> None:
    none = "cache_rules: [{provider: acme, models: ['*'], min_tokens: 0, policies: []}]\n"
    rules = loaded([request("heron")], MODELS, RULES, none)

    assert 0 == rules.value("select count(*) from cache_rules")


def test_rules_and_substitutes_of_who_lends_the_price_hold_after_ones_own(loaded: Loaded) -> None:
    own = "cache_rules: [{provider: reseller, models: [wren], min_tokens: 9, policies: []}]\n"
    rules = loaded([request("heron", "reseller"), request("wren", "reseller")], MODELS, RULES + SUBSTITUTES, own)

    assert [("reseller", "heron")] == rules.rows("select distinct provider, model from cache_rules")
    assert [("reseller", "heron", "reseller", "wren", "priced")] == substitutes(rules, "smaller_names")
    assert [("reseller", "heron", micros("2026-02-01"))] == rules.rows("from successor_days")


@pytest.mark.parametrize("table", ["smaller_names", "successor_names"])
def test_names_of_substitutes_have_the_columns_of_resolved(loaded: Loaded, table: str) -> None:
    rules = loaded([request("heron")], MODELS, SUBSTITUTES)

    resolved, named = (rules.engine.columns(f"from {name}", rules.tables) for name in ("resolved", table))
    assert list(resolved.items()) == list(named.items())


def test_a_name_is_resolved_to_its_substitute_and_others_have_no_row(loaded: Loaded) -> None:
    names = [request("heron"), request("heron-2-eu"), request("owl"), request("wren"), request("swan")]
    rules = loaded(names, MODELS, SUBSTITUTES)

    assert [("acme", name, "acme", "wren", "priced") for name in ("heron", "heron-2-eu", "owl")] == substitutes(
        rules, "smaller_names"
    )
    assert [("acme", name, "acme", "owl", "priced") for name in ("heron", "heron-2-eu")] == substitutes(
        rules, "successor_names"
    )
    assert [("acme", "heron", micros("2026-02-01"))] == rules.rows("from successor_days")


def test_a_service_level_goes_with_the_name(loaded: Loaded) -> None:
    rules = loaded([request("heron", is_batch=True), request("owl", is_batch=True)], MODELS, SUBSTITUTES)

    assert [("processing=batch", "priced")] * 2 == rules.rows("select context, price_status from smaller_names")
    assert [("no price for context",)] == rules.rows("select price_status from successor_names")


def test_a_substitute_is_of_the_provider_that_the_model_names(loaded: Loaded) -> None:
    rules = loaded([request("reseller/heron", None)], MODELS, SUBSTITUTES)

    assert [(None, "reseller/heron", "reseller", "wren", "priced")] == substitutes(rules, "smaller_names")


def test_a_later_book_replaces_the_substitutes_of_a_model(loaded: Loaded) -> None:
    later = "substitutes: [{provider: acme-cloud, model: Heron, smaller: owl}]\n"
    rules = loaded([request("heron"), request("owl")], MODELS, SUBSTITUTES, later)

    assert ["owl", "wren"] == [row[3] for row in substitutes(rules, "smaller_names")]
    assert 0 == rules.value("select count(*) from successor_days")


def test_requests_can_be_priced_as_their_substitutes(loaded: Loaded) -> None:
    rules = loaded([request("heron"), request("wren")], MODELS, SUBSTITUTES)

    # heron: 100 x 4 + 10 x 8 = 480 micro-USD; wren: 100 + 20; owl: 200 + 80
    for names, cost in (("resolved", "0.00048"), ("smaller_names", "0.00012"), ("successor_names", "0.00028")):
        priced = f"select cost_usd from requests_priced_as('{names}') where model_named = 'heron'"
        assert Decimal(cost) == rules.value(priced)
    assert rules.value("select cost_usd is null from requests_priced_as('smaller_names') where model_named = 'wren'")


def test_loading_twice_leaves_one_of_each(loaded: Loaded, tmp_path: Path) -> None:
    rules = loaded([request("heron")], MODELS, RULES + SUBSTITUTES)
    tables = ("prices", "cache_rules", "smaller_names", "successor_days")
    counts = [rules.value(f"select count(*) from {table}") for table in tables]

    again = detection_rules(rules.engine.price(books(tmp_path, MODELS, RULES + SUBSTITUTES)))

    assert counts == [again.value(f"select count(*) from {table}") for table in tables]


def test_names_that_the_book_does_not_have_are_listed(tmp_path: Path) -> None:
    book = books(
        tmp_path,
        MODELS,
        "billing: [{provider: nobody, not_billed: []}]\n"
        "substitutes: [{provider: acme-cloud, model: heron-2, smaller: swan}, {provider: who, model: x, smaller: y}]\n",
    )

    assert [
        ("unknown provider", "nobody", ""),
        ("unknown provider", "who", ""),
        ("unknown model", "acme", "swan"),
    ] == [(found.kind, found.provider, found.model) for found in strays(book)]


def test_an_update_leaves_the_sections_before_models_alone(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(MODELS.replace("models:", BILLING + RULES + SUBSTITUTES + "models:"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    new = read_book(path).models[1]
    change = Change("new model", replace(new, model="stork", match=()), None, ())

    after = edited(path, [change])
    (tmp_path / "after.yaml").write_text(after, encoding="utf-8")
    verify(tmp_path / "after.yaml", path, [change])

    assert before == after[: len(before)]
    assert read_book(path).substitutes[0].successor == read_book(tmp_path / "after.yaml").substitutes[0].successor


# What the shipped book says.


def found(resolver: Resolver, provider: str, model: str) -> Resolution:
    return resolver.resolve(Key(provider, model, None, None, False, None, None))


def overlapping(book: Book, before: Resolution, after: Resolution, day: date) -> Iterator[tuple[PriceRow, PriceRow]]:
    """The standard prices of two models that hold together, from a day on."""
    rows = {
        found: [row for row in rows_of(book, [found.rule_id or 0]) if row.context == ""] for found in (before, after)
    }
    for old in rows[before]:
        for new in rows[after]:
            start, end = max(old.valid_from, new.valid_from), min(old.valid_to, new.valid_to)
            is_of_a_size = max(old.tier_over, new.tier_over) < min(old.tier_up_to, new.tier_up_to)
            if is_of_a_size and start < end and end > datetime.combine(day, datetime.min.time()):
                yield old, new


def test_every_rule_that_is_shipped_has_a_source_and_a_day(book: Book) -> None:
    entries: list[Unbilled | CacheRule | Substitute] = [*book.billing, *book.cache_rules, *book.substitutes]
    for entry in entries:
        assert entry.source and entry.checked, entry.place


def test_the_shipped_book_has_what_its_rules_name(book: Book) -> None:
    assert [] == list(strays(book))
    for rule in book.cache_rules:
        assert rule.provider in {model.provider for model in book.models}
    ids = {(model.provider, model.model) for model in book.models}
    assert [] == [entry.place for entry in book.substitutes if (entry.provider, entry.model) not in ids]


@pytest.mark.parametrize("provider", ["own", "azure"])
def test_a_shipped_substitute_is_cheaper(book: Book, provider: str) -> None:
    resolver = Resolver(book)
    entries = [entry for entry in book.substitutes if provider == "own" or entry.provider in ("openai", "anthropic")]
    for entry in entries:
        seller = entry.provider if provider == "own" else provider
        before = found(resolver, seller, entry.model)
        for name, day in ((entry.smaller, PAST), (entry.successor, entry.start or PAST)):
            if name is None:
                continue
            after = found(resolver, seller, name)
            assert seller == after.provider, entry.place
            pairs = list(overlapping(book, before, after, day))
            assert pairs, entry.place
            for old, new in pairs:
                input, output = (new.input or 0) - (old.input or 0), (new.output or 0) - (old.output or 0)
                assert input <= 0 and output <= 0 and input + output < 0, (entry.place, entry.model, name)
                assert name == entry.successor or (input < 0 and output < 0), (entry.place, entry.model, name)


def shipped_caches(
    store: Store, folder: Path, pairs: list[tuple[str, str]]
) -> dict[tuple[str, str, str], tuple[object, ...]]:
    book = load_book([shipped_book_path()])
    lines = [
        json.dumps(request(model, provider) | {"request_id": f"{at}"}) for at, (provider, model) in enumerate(pairs)
    ]
    (folder / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ingest(store, [str(folder / "log.jsonl")])
    rows = detection_rules(store.price(book)).rows(
        "select provider, model, policy, min_tokens, step_tokens, write_rate, low_hit_share from cache_rules"
    )
    assert len(rows) == len({row[:3] for row in rows})
    return {row[:3]: row[3:] for row in rows}


def test_the_shipped_cache_rules_are_as_the_providers_say(store: Store, tmp_path: Path) -> None:
    least = {
        ("anthropic", "claude-opus-5"): 512,
        ("anthropic", "claude-sonnet-4-5"): 1024,
        ("anthropic", "claude-sonnet-4-6"): 2048,
        ("anthropic", "claude-3-5-haiku"): 2048,
        ("anthropic", "claude-haiku-4-5"): 4096,
        ("anthropic", "claude-opus-4-7"): 4096,
        ("google", "claude-sonnet-4-6"): 2048,
        ("azure", "claude-opus-4-1"): 1024,
        ("aws", "global.anthropic.claude-haiku-4-5-20251001-v1:0"): 4096,
    }
    caches = shipped_caches(store, tmp_path, list(least))

    explicit = Decimal("0.85")
    for pair, tokens in least.items():
        assert (tokens, 1, "cache_write", explicit) == caches[*pair, "5m"]
        assert (tokens, 1, "cache_write_1h", explicit) == caches[*pair, "1h"]


def test_the_shipped_automatic_caches_are_as_the_providers_say(store: Store, tmp_path: Path) -> None:
    free, billed = (1024, 128, "input", Decimal("0.6")), (1024, 128, "cache_write", Decimal("0.6"))
    said = {
        ("openai", "gpt-4o"): free,
        ("openai", "gpt-5.5"): free,
        ("openai", "gpt-5.6-sol"): billed,
        ("openai", "gpt-6.1-terra"): billed,
        ("azure", "gpt-4o"): free,
        ("azure", "o3-2025-04-16"): free,
        ("azure", "gpt-5.6-luna"): billed,
        ("google", "gemini-2.5-pro"): (2048, 1, "input", Decimal("0.3")),
        ("google", "gemini-3.8-flash"): (4096, 1, "input", Decimal("0.3")),
    }
    none = [("openai", "gpt-4"), ("openai", "gpt-5-pro"), ("google", "gemini-1.5-pro"), ("deepseek", "deepseek-chat")]
    caches = shipped_caches(store, tmp_path, [*said, *none])

    assert {(*pair, "automatic"): rule for pair, rule in said.items()} == caches


def test_a_model_with_a_shipped_cache_rule_has_the_prices_of_a_cache(store: Store, tmp_path: Path, book: Book) -> None:
    sold = {(model.provider, model.model): model for model in book.models}
    caches = shipped_caches(store, tmp_path, [pair for pair in sold if not pair[1].startswith("ft:")])

    assert len(caches) > 100
    for (provider, model, policy), rule in caches.items():
        # the newest: a period that is over may be from before the cache had a price
        period = sold[provider, model].periods[-1]
        assert {"cache_read", str(rule[2])} <= set(period.rates), (provider, model, policy)


def test_no_shipped_rule_overlaps_another(store: Store, tmp_path: Path) -> None:
    shipped_caches(store, tmp_path, [("openai", "gpt-4o")])
    rules = detection_rules(store.price(load_book([shipped_book_path()])))

    numbered = "(select *, row_number() over () as number from unbilled_statuses)"
    overlap = "a.valid_from_us < b.valid_to_us and b.valid_from_us < a.valid_to_us and a.number <> b.number"
    same = "a.provider = b.provider and a.http_status_code = b.http_status_code"
    assert 0 == rules.value(f"select count(*) from {numbered} as a join {numbered} as b on {same} and {overlap}")


def test_what_may_be_billed_is_not_among_the_shipped_unbilled_statuses(book: Book, store: Store) -> None:
    rules = detection_rules(store.price(book))

    free = {provider: {status for status, *_ in statuses(rules, provider)} for provider in ("openai", "azure", "aws")}
    rejected = {401, 403, 404, 409, 413, 422, 429}
    assert {"openai": {400, *rejected}, "azure": rejected, "aws": {400, *rejected}} == free
