"""What a source may change in a book, and what it must never touch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.pricing import load_book
from llmcost.pricing.agreement import Agreement, agreement
from llmcost.pricing.edit import edited, verify
from llmcost.pricing.files import read_book
from llmcost.pricing.update import Change, changes, period_at
from tests.conftest import Run
from tests.logs import write

TODAY = date(2026, 6, 15)
BOOK = """\
format: llmcost-pricing/1
# kept by hand: this line stays
models:
  - provider: acme
    model: heron
    match: [heron-latest]
    prices:
      - {from: 2026-01-01, input: 3, output: 15, cache_read: 0.3}  # the first price
      - from: 2026-03-01
        input: 2
        output: 10
        cache_read: 0.2
        variants:
          - {when: {inference_geo: us}, multiply: 1.1}
  - {provider: acme, model: wren, prices: [{input: 1, output: 2}]}
deployments:
  - {name: prod, provider: acme, model: heron}
"""


def source(folder: Path, prices: str, model: str = "heron") -> Path:
    return write(
        folder / "source.yaml",
        f"format: llmcost-pricing/1\nmodels:\n  - provider: acme\n    model: {model}\n    prices:\n{prices}",
    )


def test_prices_that_both_name_are_counted_and_those_that_are_equal(tmp_path: Path) -> None:
    book = load_book([write(tmp_path / "book.yaml", BOOK)])
    # input and cache_read are equal, output is not; a cache write and the price in the US are the book's alone
    incoming = read_book(source(tmp_path, "      - {input: 2, output: 11, cache_read: 0.2, input_audio: 4}\n")).models

    assert {"acme": Agreement(4, 2)} == agreement(book, incoming, TODAY)


def test_what_one_side_has_alone_is_not_compared(tmp_path: Path) -> None:
    book = load_book([write(tmp_path / "book.yaml", BOOK)])

    assert {} == agreement(book, read_book(source(tmp_path, "      - {input: 2}\n", "owl")).models, TODAY)


def found(
    folder: Path, prices: str, model: str = "heron", *, corrections: frozenset[str] = frozenset()
) -> list[Change]:
    book = load_book([write(folder / "book.yaml", BOOK)])
    return list(changes(book, read_book(source(folder, prices, model)).models, TODAY, corrections))


def test_a_source_that_says_the_same_changes_nothing(tmp_path: Path) -> None:
    assert [] == found(tmp_path, "      - {input: 2, output: 10, cache_read: 0.2}\n")


def test_a_changed_rate_is_a_new_period_from_today_and_the_old_ones_stay(tmp_path: Path) -> None:
    (change,) = found(tmp_path, "      - {input: 1.5, output: 10, cache_read: 0.2}\n")

    assert ("new period", TODAY, False) == (change.kind, change.start, change.is_suspect)
    first, second, third = change.model.periods
    assert [Decimal(3), Decimal(2), Decimal("1.5")] == [p.rates["input"] for p in (first, second, third)]
    assert [date(2026, 3, 1), TODAY, None] == [p.end for p in (first, second, third)]
    assert TODAY == third.checked
    # the source knows nothing of residency; the factor goes on
    assert [(("inference_geo", "us"),)] == [variant.when for variant in third.variants]


def test_a_source_with_dates_says_from_when(tmp_path: Path) -> None:
    prices = "      - {input: 2, output: 10}\n      - {from: 2026-05-05, input: 1, output: 5, cache_read: 0.1}\n"

    (change,) = found(tmp_path, prices)

    assert date(2026, 5, 5) == change.start


def test_what_is_announced_is_taken_and_dated_as_it_says(tmp_path: Path) -> None:
    prices = "      - {input: 2, output: 10, cache_read: 0.2}\n      - {from: 2026-09-01, input: 4, output: 10}\n"

    (change,) = found(tmp_path, prices)

    assert ("announced", date(2026, 9, 1)) == (change.kind, change.start)
    assert Decimal(2) == (period_at(change.model, date(2026, 8, 31)) or change.model.periods[0]).rates["input"]


def test_a_correction_rewrites_the_period_that_was_wrong(tmp_path: Path) -> None:
    prices = "      - {input: 2, output: 10, cache_read: 0.02}\n"

    (change,) = found(tmp_path, prices, corrections=frozenset({"heron"}))

    assert "correction" == change.kind
    assert [Decimal("0.3"), Decimal("0.02")] == [period.rates["cache_read"] for period in change.model.periods]


@pytest.mark.parametrize(
    ("prices", "is_suspect"),
    [
        ("      - {input: 0.4, output: 10, cache_read: 0.2}\n", False),  # exactly a fifth
        ("      - {input: 0.39, output: 10, cache_read: 0.2}\n", True),
        ("      - {input: 10.01, output: 10, cache_read: 0.2}\n", True),
        ("      - {input: 0, output: 0, cache_read: 0}\n", True),
    ],
)
def test_a_jump_over_fivefold_or_to_nothing_is_suspect(tmp_path: Path, prices: str, is_suspect: bool) -> None:
    (change,) = found(tmp_path, prices)

    assert is_suspect == change.is_suspect


def test_another_name_of_a_model_is_no_new_model(tmp_path: Path) -> None:
    assert [] == found(tmp_path, "      - {input: 2, output: 10, cache_read: 0.2}\n", model="heron-latest")
    assert ["new model"] == [c.kind for c in found(tmp_path, "      - {input: 2}\n", model="heron-2")]


@pytest.mark.parametrize("model", ["heron", "wren", "owl"])
def test_only_the_lines_that_change_change(tmp_path: Path, model: str) -> None:
    path = write(tmp_path / "book.yaml", BOOK)
    taken = found(tmp_path, "      - {input: 1.7, output: 9, cache_read: 0.17}\n", model=model)
    text = edited(path, taken)
    fresh = write(tmp_path / "fresh.yaml", text)

    verify(fresh, path, taken)
    lost = [line for line in BOOK.splitlines() if line not in text.splitlines()]
    # prices in brackets are written anew, in lines; nothing else is
    assert (["  - {provider: acme, model: wren, prices: [{input: 1, output: 2}]}"] if model == "wren" else []) == lost


def test_changed_and_new_models_are_written_together(tmp_path: Path) -> None:
    path = write(tmp_path / "book.yaml", BOOK)
    book = load_book([path])
    news = write(
        tmp_path / "news.yaml",
        "format: llmcost-pricing/1\nmodels:\n"
        "  - {provider: acme, model: wren, prices: [{input: 1.1, output: 2}]}\n"
        "  - {provider: acme, model: heron, prices: [{input: 1.9, output: 9}]}\n"
        "  - {provider: acme, model: owl, prices: [{input: 7}]}\n",
    )
    taken = list(changes(book, read_book(news).models, TODAY, frozenset()))
    fresh = write(tmp_path / "fresh.yaml", edited(path, taken))

    verify(fresh, path, taken)
    prices = {m.model: [p.rates["input"] for p in m.periods] for m in load_book([fresh]).models}
    assert {
        "heron": [Decimal(3), Decimal(2), Decimal("1.9")],
        "wren": [Decimal(1), Decimal("1.1")],
        "owl": [Decimal(7)],
    } == prices


def test_an_update_twice_changes_nothing_and_yesterdays_report_stays(llmcost: Run, tmp_path: Path) -> None:
    book = write(tmp_path / "book.yaml", BOOK)
    news = source(tmp_path, "      - {input: 1.5, output: 10, cache_read: 0.2}\n")
    log = write(
        tmp_path / "log.jsonl",
        '{"llmcost": 1, "request_id": "r", "started_at": "2026-06-01T12:00:00Z", "provider_name": "acme", '
        '"response_model": "heron", "input_tokens": 1000, "output_tokens": 100}\n',
    )

    def cost() -> str:
        done = llmcost("report", log, "--pricing", book, "-f", "csv")
        return done.stdout.splitlines()[1]

    before = cost()
    first = llmcost("pricing", "update", "--from", news, "--to", book)
    text = book.read_text(encoding="utf-8")
    second = llmcost("pricing", "update", "--from", news, "--to", book)

    # 1,000 x 2 + 100 x 10 = 3,000 micro-USD
    assert "0.003" in before.split(",")
    assert before == cost()
    assert (0, 0) == (first.returncode, second.returncode), first.stderr + second.stderr
    assert "new period: acme heron" in first.stdout
    assert "nothing to change" in second.stdout
    assert text == book.read_text(encoding="utf-8")


def test_a_suspect_change_is_held_back_until_it_is_confirmed(llmcost: Run, tmp_path: Path) -> None:
    book = write(tmp_path / "book.yaml", BOOK)
    news = source(tmp_path, "      - {input: 40, output: 10, cache_read: 0.2}\n")

    held = llmcost("pricing", "update", "--from", news, "--to", book)
    assert (1, BOOK) == (held.returncode, book.read_text(encoding="utf-8"))
    assert "held back: acme heron: input 2 -> 40" in held.stdout

    taken = llmcost("pricing", "update", "--from", news, "--to", book, "--yes")
    assert 0 == taken.returncode
    assert [Decimal(3), Decimal(2), Decimal(40)] == [p.rates["input"] for p in load_book([book]).models[0].periods]


LITELLM = """{
  "sample_spec": {"litellm_provider": "one of ..."},
  "xai/heron-1": {"litellm_provider": "xai", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
    "cache_read_input_token_cost": 7.5e-07, "input_cost_per_token_above_200k_tokens": 6e-06,
    "input_cost_per_token_batches": 1.5e-06, "output_cost_per_token_batches": 7.5e-06,
    "search_context_cost_per_query": {"search_context_size_low": 0.005, "search_context_size_medium": 0.01}},
  "free-or-unknown": {"litellm_provider": "groq", "input_cost_per_token": 0, "output_cost_per_token": 0}
}"""


def test_a_litellm_file_becomes_exact_prices_and_unknown_ones_do_not_become_free(llmcost: Run, tmp_path: Path) -> None:
    prices = write(tmp_path / "prices.json", LITELLM)
    book = tmp_path / "own.yaml"

    done = llmcost("pricing", "update", "--from", prices, "--to", book)

    assert 0 == done.returncode, done.stderr
    (heron,) = load_book([book]).models
    (period,) = heron.periods
    assert ("x-ai", "heron-1") == (heron.provider, heron.model)
    # 3e-06 USD a token is 3 USD a million
    assert {
        "input": Decimal(3),
        "output": Decimal(15),
        "cache_read": Decimal("0.75"),
        "web_search": Decimal("0.01"),
    } == (period.rates)
    assert [(200_000, {"input": Decimal(6)})] == [(tier.over, tier.rates) for tier in period.tiers]
    levels = {variant.when[0][1]: variant.rates for variant in period.variants}
    # the batch price of cached input is not told: it costs what it costs otherwise
    assert {"input": Decimal("1.5"), "output": Decimal("7.5"), "cache_read": Decimal("0.75")} == levels["batch"]
    assert {"web_search": Decimal("0.005")} == levels["low"]
    assert "0 for both directions (1)" in done.stderr


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("b.json", "[]"), ("c.json", "{}"), ("d.yaml", "x: 1")])
def test_a_source_that_is_none_is_refused(llmcost: Run, tmp_path: Path, name: str, text: str) -> None:
    done = llmcost("pricing", "update", "--from", write(tmp_path / name, text), "--to", tmp_path / "own.yaml")

    assert 2 == done.returncode
    assert name in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "own.yaml").exists()
