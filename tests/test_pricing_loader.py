"""What a price book may not say, and where the refusal points."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.errors import PriceBookError
from llmcost.pricing import load_book, price_rows, shipped_book_path
from tests.logs import write

HEAD = "format: llmcost-pricing/1\n"

GOOD = """\
format: llmcost-pricing/1
currency: USD
sources: {checked: 2026-05-04, list: "https://example.org/prices"}
providers:
  - {id: acme, names: [acme-cloud]}
  - {id: reseller, fallback: [acme]}
models:
  - provider: acme
    model: heron-2
    match: [heron-two, "heron-2-eu*"]
    prices:
      - {input: 4, output: 9, to: 2026-01-01}
      - from: 2026-02-01
        input: 3
        output: 7.5
        variants: &levels
          - {when: {processing: batch}, multiply: 0.5}
      - {from: 2026-03-01, input: 2, output: 5, variants: *levels, source: "price list", checked: 2026-03-02}
  - {provider: acme, model: "no", prices: [{input: 0.000000001}]}
deployments:
  - {name: night-*, provider: reseller, model: heron-2}
adjust:
  - {provider: reseller, from: 2026-01-01, to: 2027-01-01, multiply: 0.9, note: contract 7}
"""


def model(prices: str) -> str:
    return f"{HEAD}models:\n  - provider: acme\n    model: heron\n    prices:\n{prices}"


def cache_rule(*, models: str = "[heron]", least: str = "1", policies: str = "[]") -> str:
    rule = f"provider: acme, models: {models}, min_tokens: {least}, policies: {policies}"
    return f"{HEAD}cache_rules:\n  - {{{rule}}}\n"


def policy(name: str = "5m", ttl: str = "300", write: str = "input", share: str = "[0.5, 0.9, 1]") -> str:
    return f"{{name: {name}, ttl_seconds: {ttl}, write: {write}, hit_share: {share}}}"


BAD = {
    "unknown key": (model("      - {input: 1, outptu: 2}\n"), 6, "outptu"),
    "unknown section": (HEAD + "model: []\n", 2, "model"),
    "wrong format": ("format: llmcost-pricing/9\n", 1, "format"),
    "no format": ("currency: USD\n", 1, "format"),
    "another currency": (HEAD + "currency: EUR\n", 2, "currency"),
    "a duplicate key": (model("      - input: 1\n        output: 2\n        input: 3\n"), 8, "input"),
    "exponent": (model("      - {input: 3e-06}\n"), 6, "input"),
    "sexagesimal": (model("      - {input: 16:30}\n"), 6, "input"),
    "octal": (model("      - {input: 010}\n"), 6, "input"),
    "hexadecimal": (model("      - {input: 0x10}\n"), 6, "input"),
    "underscore": (model("      - {input: 1_000}\n"), 6, "input"),
    "not a number": (model("      - {input: .nan}\n"), 6, "input"),
    "a truth": (model("      - {input: true}\n"), 6, "input"),
    "a number in quotes": (model('      - {input: "3"}\n'), 6, "input"),
    "a negative price": (model("      - input: 1\n        output: -2\n"), 7, "output"),
    "a price of one hundred million": (model("      - input: 1\n        output: 100000000\n"), 7, "output"),
    "a fee of one hundred thousand": (model("      - input: 1\n        request: 100000\n"), 7, "request"),
    "a tier that no request reaches": (
        model("      - input: 1\n        tiers:\n          - {over: 1000000001, input: 2}\n"),
        8,
        "tier",
    ),
    "ten decimals": (model("      - {input: 0.0000000001}\n"), 6, "input"),
    "a list for a number": (model("      - {input: [1]}\n"), 6, "input"),
    "a short day": (model("      - {from: 2026-3-13, input: 1}\n"), 6, "from"),
    "a day that is none": (model("      - {from: 2026-02-30, input: 1}\n"), 6, "from"),
    "a time of day": (model("      - {from: 2026-02-03T10:00:00, input: 1}\n"), 6, "from"),
    "checked is no day": (model("      - {input: 1, checked: lately}\n"), 6, "checked"),
    "periods out of order": (
        model("      - {from: 2026-02-01, input: 1}\n      - {from: 2026-01-01, input: 2}\n"),
        7,
        "from",
    ),
    "the same day twice": (
        model("      - {from: 2026-02-01, input: 1}\n      - {from: 2026-02-01, input: 2}\n"),
        7,
        "from",
    ),
    "a later period without from": (model("      - {input: 1}\n      - {input: 2}\n"), 7, "from"),
    "overlapping periods": (
        model("      - {to: 2026-03-01, input: 1}\n      - {from: 2026-02-01, input: 2}\n"),
        7,
        "overlaps",
    ),
    "to before from": (model("      - {from: 2026-02-01, to: 2026-02-01, input: 1}\n"), 6, "to"),
    "tiers out of order": (
        model("      - input: 1\n        tiers:\n          - {over: 20, input: 2}\n          - {over: 10, input: 3}\n"),
        9,
        "tier",
    ),
    "a tier without a threshold": (model("      - {input: 1, tiers: [{input: 2}]}\n"), 6, "at_least"),
    "a tier with two thresholds": (
        model("      - {input: 1, tiers: [{over: 1, at_least: 2, input: 2}]}\n"),
        6,
        "at_least",
    ),
    "half a token": (model("      - {input: 1, tiers: [{over: 1.5, input: 2}]}\n"), 6, "over"),
    "rates and a factor": (
        model("      - {input: 1, variants: [{when: {speed: fast}, input: 2, multiply: 2}]}\n"),
        6,
        "multiply",
    ),
    "neither rates nor a factor": (model("      - {input: 1, variants: [{when: {speed: fast}}]}\n"), 6, "multiply"),
    "tiers with a factor": (
        model("      - {input: 1, variants: [{when: {speed: fast}, multiply: 2, tiers: [{over: 9, input: 3}]}]}\n"),
        6,
        "tiers",
    ),
    "an unknown axis": (model("      - {input: 1, variants: [{when: {mood: good}, multiply: 2}]}\n"), 6, "mood"),
    "no axis": (model("      - {input: 1, variants: [{when: {}, multiply: 2}]}\n"), 6, "when"),
    "one service level twice": (
        model(
            "      - {input: 1, variants: [{when: {speed: fast}, multiply: 2}, {when: {speed: fast}, multiply: 3}]}\n"
        ),
        6,
        "variants",
    ),
    "a combination beside its parts": (
        model(
            "      - input: 1\n        variants:\n"
            "          - {when: {speed: fast}, multiply: 2}\n"
            "          - {when: {inference_geo: us}, multiply: 0.5}\n"
            "          - {when: {inference_geo: us, speed: fast}, multiply: 0.9}\n"
        ),
        6,
        "variants",
    ),
    "an hour that is none": (
        model('      - {input: 1, windows: [{from: "25:00", to: "26:00", input: 2}]}\n'),
        6,
        "from",
    ),
    "a day of the week that is none": (
        model('      - {input: 1, windows: [{days: [monday], from: "01:00", to: "02:00", input: 2}]}\n'),
        6,
        "days",
    ),
    "hours over midnight": (
        model('      - {input: 1, windows: [{from: "22:00", to: "02:00", input: 2}]}\n'),
        6,
        "window",
    ),
    "hours that overlap": (
        model(
            "      - input: 1\n        windows:\n"
            '          - {from: "01:00", to: "04:00", input: 2}\n'
            '          - {days: [sun], from: "03:59", to: "05:00", input: 3}\n'
        ),
        9,
        "windows",
    ),
    "an unknown billing": (
        HEAD + "deployments:\n  - {name: x, provider: acme, model: heron, billing: hourly}\n",
        3,
        "billing",
    ),
    "a truth that is none": (HEAD + "providers: [{id: acme, resells: yes}]\n", 2, "resells"),
    "no rate": (model("      - {from: 2026-01-01}\n"), 6, "rate"),
    "no prices": (HEAD + "models:\n  - {provider: acme, model: heron}\n", 3, "prices"),
    "empty prices": (HEAD + "models:\n  - {provider: acme, model: heron, prices: []}\n", 3, "prices"),
    "no provider": (HEAD + "models:\n  - {model: heron, prices: [{input: 1}]}\n", 3, "provider"),
    "no model": (HEAD + "models:\n  - {provider: acme, prices: [{input: 1}]}\n", 3, "model"),
    "a model twice": (
        model("      - {input: 1}\n") + "  - {provider: acme, model: heron, prices: [{input: 2}]}\n",
        7,
        "heron",
    ),
    "a broken regular expression": (
        HEAD + 'models:\n  - {provider: acme, model: heron, match: ["re:("], prices: [{input: 1}]}\n',
        3,
        "match",
    ),
    "a billing rule without statuses": (HEAD + "billing:\n  - {provider: acme}\n", 3, "not_billed"),
    "a status that is no failure": (HEAD + "billing:\n  - {not_billed: [200]}\n", 3, "200"),
    "a status twice": (HEAD + "billing:\n  - not_billed:\n    - 429\n    - 429\n", 5, "429"),
    "a billing rule to before from": (
        HEAD + "billing:\n  - {not_billed: [429], from: 2026-02-01, to: 2026-02-01}\n",
        3,
        "to",
    ),
    "a cache rule without models": (cache_rule(models="[]"), 3, "models"),
    "a broken pattern of a cache rule": (cache_rule(models='["re:("]'), 3, "models"),
    "half a token of a cache": (cache_rule(least="0.5"), 3, "min_tokens"),
    "an unknown policy": (cache_rule(policies=f"[{policy('2h')}]"), 3, "2h"),
    "a policy twice": (cache_rule(policies=f"[{policy()}, {policy()}]"), 3, "5m"),
    "an entry that never lives": (cache_rule(policies=f"[{policy(ttl='0')}]"), 3, "ttl_seconds"),
    "an unknown rate to write at": (cache_rule(policies=f"[{policy(write='output')}]"), 3, "output"),
    "two shares": (cache_rule(policies=f"[{policy(share='[0.5, 1]')}]"), 3, "hit_share"),
    "a share over 1": (cache_rule(policies=f"[{policy(share='[0.5, 1, 1.1]')}]"), 3, "1.1"),
    "a share of five decimals": (cache_rule(policies=f"[{policy(share='[0.12345, 1, 1]')}]"), 3, "0.12345"),
    "shares that do not ascend": (cache_rule(policies=f"[{policy(share='[0.9, 0.5, 1]')}]"), 3, "ascend"),
    "a substitute that names none": (HEAD + "substitutes:\n  - {provider: acme, model: heron}\n", 3, "smaller"),
    "a successor without a day": (
        HEAD + "substitutes:\n  - {provider: acme, model: heron, successor: owl}\n",
        3,
        "from",
    ),
    "a day without a successor": (
        HEAD + "substitutes:\n  - {provider: acme, model: heron, smaller: wren, from: 2026-01-01}\n",
        3,
        "successor",
    ),
    "a model that stands for itself": (
        HEAD + "substitutes:\n  - {provider: acme, model: heron, smaller: Heron}\n",
        3,
        "itself",
    ),
    "a model with two substitutes": (
        HEAD + "substitutes:\n"
        "  - {provider: acme, model: heron, smaller: wren}\n  - {provider: acme, model: Heron, smaller: owl}\n",
        4,
        "second",
    ),
    "a list for the book": ("- 1\n", 1, "book"),
    "broken YAML": (HEAD + "models: [\n", 3, "YAML"),
    "nothing": ("", 1, "empty"),
}


@pytest.mark.parametrize(("text", "line", "word"), BAD.values(), ids=BAD)
def test_a_refusal_begins_with_file_and_line_and_names_the_key(tmp_path: Path, text: str, line: int, word: str) -> None:
    path = write(tmp_path / "book.yaml", text)

    with pytest.raises(PriceBookError) as refused:
        load_book([path])

    place, _, said = refused.value.message.partition(": ")
    assert f"{path}:{line}" == place
    assert word in said


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "absent.yaml"

    with pytest.raises(PriceBookError) as refused:
        load_book([path])

    assert f"{path}:1: " == refused.value.message[: len(f"{path}:1: ")]


def test_a_book_says_what_its_file_says(tmp_path: Path) -> None:
    book = load_book([write(tmp_path / "book.yaml", GOOD)])

    heron, no = book.models
    assert ["acme", "reseller"] == [provider.id for provider in book.providers]
    assert ("heron-two", "heron-2-eu*") == heron.match
    assert [(None, date(2026, 1, 1)), (date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 3, 1), None)] == [
        (period.start, period.end) for period in heron.periods
    ]
    assert "no" == no.model
    assert Decimal("0.000000001") == no.periods[0].rates["input"]
    assert date(2026, 5, 4) == book.checked


def test_an_anchor_stands_for_what_it_names(tmp_path: Path) -> None:
    _, middle, last = load_book([write(tmp_path / "book.yaml", GOOD)]).models[0].periods

    assert middle.variants == last.variants
    assert Decimal("0.5") == last.variants[0].multiply


def test_a_number_is_exact(tmp_path: Path) -> None:
    book = load_book([write(tmp_path / "book.yaml", model("      - {input: 0.1, output: 0.30}\n"))])

    assert {"input": Decimal("0.1"), "output": Decimal("0.3")} == book.models[0].periods[0].rates


def test_a_later_book_replaces_whole_models_and_its_deployments_come_first(tmp_path: Path) -> None:
    later = """\
format: llmcost-pricing/1
sources: {checked: 2026-04-01}
models: [{provider: acme, model: heron-2, prices: [{output: 1}]}]
deployments: [{name: night-*, provider: acme, model: heron-2}]
"""
    paths = [write(tmp_path / "book.yaml", GOOD), write(tmp_path / "own.yaml", later)]

    book = load_book(paths)

    assert {"output": Decimal(1)} == book.models[0].periods[0].rates
    assert 2 == len(book.models)
    assert ["acme", "reseller"] == [deployment.provider for deployment in book.deployments]
    assert date(2026, 5, 4) == book.checked
    assert book.sha256 != load_book(paths[:1]).sha256


def test_the_shipped_book_has_rows_for_both_vendors() -> None:
    book = load_book([shipped_book_path()])

    assert {"anthropic", "openai"} < {model.provider for model in book.models}
    assert book.checked is not None
    assert price_rows(book)


def test_the_rise_that_was_cancelled_is_not_in_the_shipped_book() -> None:
    book = load_book([shipped_book_path()])

    sonnet = next(model for model in book.models if model.model == "claude-sonnet-5")
    assert [Decimal(2)] == [period.rates["input"] for period in sonnet.periods]


def test_cached_input_in_a_batch_never_costs_more_than_outside_it() -> None:
    rows = price_rows(load_book([shipped_book_path()]))

    standard = {(r.rule_id, r.valid_from, r.tier_over): r.cache_read for r in rows if r.context == ""}
    dearer = [
        row
        for row in rows
        if row.context == "processing=batch"
        and row.cache_read is not None
        and row.cache_read > (standard.get((row.rule_id, row.valid_from, row.tier_over)) or Decimal("Infinity"))
    ]
    assert [] == dearer
