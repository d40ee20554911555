"""A book as rows: every figure here was worked out by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.errors import PriceBookError
from llmcost.pricing import PriceRow, load_book, price_rows

PAST, FUTURE = datetime(1, 1, 1), datetime(9999, 12, 31)
TOP = 2**62


def rows_of(tmp_path: Path, prices: str, rest: str = "") -> list[PriceRow]:
    path = tmp_path / "book.yaml"
    path.write_text(
        f"format: llmcost-pricing/1\n{rest}\nmodels:\n  - provider: acme\n    model: heron\n    prices:\n{prices}",
        encoding="utf-8",
    )
    return price_rows(load_book([path]))


def one(rows: list[PriceRow], context: str = "", tokens: int = 0) -> PriceRow:
    (row,) = [r for r in rows if r.context == context and r.tier_over < tokens <= r.tier_up_to]
    return row


def test_a_single_price_holds_for_all_time_and_all_sizes(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "      - {input: 3, output: 15, request: 0.005}\n")

    assert (0, "", PAST, FUTURE, -1, TOP) == row[:6]
    assert (None, Decimal("0.005"), Decimal(1)) == (row.web_search, row.request, row.multiplier)


def test_a_missing_rate_is_its_neighbours_and_is_listed(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "      - {input: 3, output: 15, cache_write: 3.75}\n")

    assert Decimal(3) == row.cache_read
    assert Decimal("3.75") == row.cache_write_1h
    assert Decimal(15) == row.reasoning
    assert [
        *("cache_read", "cache_write_1h", "reasoning", "input_audio", "output_audio", "input_image"),
        *("output_image", "cache_read_audio", "cache_read_image"),
    ] == row.assumed.split(",")


def test_a_missing_output_price_stays_missing(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "      - {input: 0.02}\n")

    assert (None, None, None) == (row.output, row.reasoning, row.output_audio)
    assert [
        *("cache_read", "cache_write", "cache_write_1h", "input_audio", "input_image"),
        *("cache_read_audio", "cache_read_image"),
    ] == row.assumed.split(",")


def test_a_price_of_zero_is_no_missing_price(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "      - {input: 3, output: 0, cache_read: 0}\n")

    assert (Decimal(0), Decimal(0), Decimal(0)) == (row.output, row.cache_read, row.reasoning)
    assert "cache_read" not in row.assumed.split(",")


@pytest.mark.parametrize(
    ("threshold", "tokens", "expected"),
    [
        ("over: 200000", 199_999, 3),
        ("over: 200000", 200_000, 3),
        ("over: 200000", 200_001, 6),
        ("at_least: 200000", 199_999, 3),
        ("at_least: 200000", 200_000, 6),
    ],
)
def test_a_tier_begins_after_over_and_with_at_least(tmp_path: Path, threshold: str, tokens: int, expected: int) -> None:
    rows = rows_of(tmp_path, f"      - {{input: 3, output: 15, tiers: [{{{threshold}, input: 6}}]}}\n")

    assert Decimal(expected) == one(rows, tokens=tokens).input


def test_a_tier_inherits_what_it_does_not_name(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "      - {input: 3, output: 15, cache_read: 0.3, tiers: [{over: 10, input: 6}]}\n")

    row = one(rows, tokens=11)
    assert (Decimal(6), Decimal(15), Decimal("0.3"), Decimal(6)) == (
        row.input,
        row.output,
        row.cache_read,
        row.cache_write,
    )


def test_three_tiers_cover_every_size_once(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "      - {input: 1, tiers: [{over: 10, input: 2}, {at_least: 21, input: 3}]}\n")

    assert [(-1, 10), (10, 20), (20, TOP)] == [(row.tier_over, row.tier_up_to) for row in rows]


def test_batch_and_geo_stack_on_tokens_and_leave_fees_alone(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - input: 3\n        output: 15\n        cache_read: 0.3\n        web_search: 0.01\n        variants:\n"
        "          - {when: {processing: batch}, multiply: 0.5}\n"
        "          - {when: {inference_geo: us}, multiply: 1.1}\n",
    )

    both = one(rows, "inference_geo=us;processing=batch")
    assert {"", "processing=batch", "inference_geo=us", "inference_geo=us;processing=batch"} == {
        row.context for row in rows
    }
    assert (Decimal("1.65"), Decimal("8.25"), Decimal("0.165"), Decimal("0.01")) == (
        both.input,
        both.output,
        both.cache_read,
        both.web_search,
    )


def test_own_rates_come_before_factors_and_fill_within_themselves(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - input: 4\n        output: 20\n        cache_read: 0.4\n        variants:\n"
        "          - {when: {service_tier: priority}, input: 8, output: 40, tiers: [{over: 100, input: 16}]}\n"
        "          - {when: {inference_geo: us}, multiply: 1.1}\n",
    )

    assert Decimal("8.8") == one(rows, "inference_geo=us;service_tier=priority", 100).input
    assert Decimal("17.6") == one(rows, "inference_geo=us;service_tier=priority", 101).input
    assert Decimal(8) == one(rows, "service_tier=priority", 100).cache_read


def test_two_own_rates_do_not_combine(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - input: 4\n        variants:\n"
        "          - {when: {service_tier: flex}, input: 2}\n"
        "          - {when: {processing: batch}, input: 1}\n",
    )

    assert ["", "service_tier=flex", "processing=batch"] == [row.context for row in rows]


def test_a_period_ends_where_the_next_begins_and_a_gap_has_no_row(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - {input: 1, to: 2026-01-01}\n"
        "      - {from: 2026-02-01, input: 2}\n"
        "      - {from: 2026-03-01, input: 3}\n",
    )

    assert [
        (PAST, datetime(2026, 1, 1)),
        (datetime(2026, 2, 1), datetime(2026, 3, 1)),
        (datetime(2026, 3, 1), FUTURE),
    ] == [(row.valid_from, row.valid_to) for row in rows]


def test_a_row_is_cut_where_a_contract_begins_and_ends(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - {from: 2026-01-01, input: 1}\n",
        "adjust:\n"
        "  - {provider: acme, from: 2026-02-01, to: 2026-04-01, multiply: 0.9}\n"
        "  - {provider: acme, model: heron, from: 2026-03-01, multiply: 0.5}\n",
    )

    assert [
        (datetime(2026, 1, 1), datetime(2026, 2, 1), Decimal(1)),
        (datetime(2026, 2, 1), datetime(2026, 3, 1), Decimal("0.9")),
        (datetime(2026, 3, 1), datetime(2026, 4, 1), Decimal("0.45")),
        (datetime(2026, 4, 1), FUTURE, Decimal("0.5")),
    ] == [(row.valid_from, row.valid_to, row.multiplier) for row in rows]
    assert {Decimal(1)} == {row.input for row in rows}


RESOLD = "providers: [{id: acme, names: [acme-cloud]}, {id: shop, fallback: [acme]}]\n"


def test_a_contract_with_a_reseller_is_on_the_prices_it_is_lent_and_not_on_their_owner(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "      - {input: 1}\n", RESOLD + "adjust: [{provider: shop, multiply: 0.9}]\n")

    assert [(0, Decimal(1)), (1, Decimal("0.9"))] == [(row.rule_id, row.multiplier) for row in rows]


def test_a_contract_may_name_the_provider_by_any_of_its_names(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "      - {input: 1}\n", RESOLD + "adjust: [{provider: ACME-cloud, multiply: 0.9}]\n")

    assert [Decimal("0.9"), Decimal(1)] == [row.multiplier for row in rows]


def test_a_contract_that_fits_no_price_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PriceBookError, match=r"book\.yaml:2: .*amce"):
        rows_of(tmp_path, "      - {input: 1}\n", "adjust: [{provider: amce, multiply: 0.9}]")


def test_a_product_with_more_than_nine_decimals_is_refused_with_its_place(tmp_path: Path) -> None:
    prices = "      - {input: 0.00000001, variants: [{when: {processing: batch}, multiply: 0.01}]}\n"

    with pytest.raises(PriceBookError, match=r"book\.yaml:7: .*9 decimals"):
        rows_of(tmp_path, prices)


@pytest.mark.parametrize(
    ("prices", "rest"),
    [
        # 60,000,000 x 2 and 1,000,001 x 99.999999 are more than 100,000,000; 60,000 x 2 is more than 100,000
        ("      - {input: 60000000, variants: [{when: {speed: fast}, multiply: 2}]}\n", ""),
        ("      - {input: 1000001}\n", "adjust: [{provider: acme, multiply: 99.999999}]\n"),
        ("      - {input: 1, request: 60000}\n", "adjust: [{provider: acme, multiply: 2}]\n"),
    ],
)
def test_a_factor_makes_no_price_larger_than_a_price_may_be(tmp_path: Path, prices: str, rest: str) -> None:
    with pytest.raises(PriceBookError, match="is not a price of"):
        rows_of(tmp_path, prices, rest)


WINDOWS = """      - input: 0.14
        output: 0.28
        windows:
          - {days: [mon, tue, wed, thu, fri], from: "01:00", to: "04:00", input: 0.28, output: 0.56}
          - {days: [mon], from: "23:00", to: "24:00", multiply: 3}
        variants: [{when: {processing: batch}, multiply: 0.5}, {when: {service_tier: flex}, input: 0.1}]
"""


@pytest.mark.parametrize("context", ["", "processing=batch"])
def test_every_minute_of_the_week_has_one_price(tmp_path: Path, context: str) -> None:
    rows = [row for row in rows_of(tmp_path, WINDOWS) if row.context == context]

    for day in range(7):
        covered = [(r.minute_from, r.minute_to) for r in rows if r.days >> day & 1]
        assert list(range(1440)) == sorted(minute for start, end in covered for minute in range(start, end))


def test_an_hours_price_stands_for_what_it_names_and_under_factors(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, WINDOWS)

    def at(context: str, day: int, minute: int) -> Decimal | None:
        (row,) = [
            r for r in rows if r.context == context and r.days >> day & 1 and r.minute_from <= minute < r.minute_to
        ]
        return row.input

    assert [Decimal("0.14"), Decimal("0.28"), Decimal("0.14"), Decimal("0.14")] == [
        *(at("", 0, minute) for minute in (59, 60, 240)),
        at("", 5, 60),
    ]
    assert Decimal("0.42") == at("", 0, 1439)
    # half of 0.28 in the window; a level with rates of its own knows no hours
    assert Decimal("0.14") == at("processing=batch", 4, 120)
    assert Decimal("0.1") == at("service_tier=flex", 4, 120)


def test_a_level_may_have_fees_of_its_own_and_the_standard_rates(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "      - {input: 3, output: 15, request: 0.006, variants: "
        "[{when: {search_context_size: high}, request: 0.014}]}\n",
    )

    high = one(rows, "search_context_size=high")
    assert (Decimal("0.014"), Decimal(3), Decimal(15)) == (high.request, high.input, high.output)
    assert Decimal("0.006") == one(rows).request
