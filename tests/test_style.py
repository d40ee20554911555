"""One style of numbers within a column, and colours by their sign."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llmcost.render import Table, render
from llmcost.render.style import writer
from llmcost.render.table import write

STYLES: dict[str, tuple[str, list[Any], list[str]]] = {
    "counts stay whole where none is large": (
        "input_tokens",
        [9_999_999, 12, 0, None],
        ["9,999,999", "12", "0", "–"],  # noqa: RUF001  as it is shown
    ),
    "millions, where the smallest has a tenth of one": (
        "input_tokens",
        [159_400_000, 4_837_567, 100_000],
        ["159.4M", "4.8M", "0.1M"],
    ),
    "thousands, where one is smaller": (
        "input_tokens",
        [159_400_000, 6_480, 12, 0],
        ["159,400K", "6K", "<1K", "0"],
    ),
    "milliseconds": ("latency_p50_ms", [400.0, 12.4], ["400 ms", "12 ms"]),
    "seconds, as soon as one is as long": ("latency_p50_ms", [400.0, 73_150.0], ["0.40 s", "73.15 s"]),
    "seconds with milliseconds where they tell something": ("latency_p50_ms", [12.0, 1810.0], ["0.012 s", "1.810 s"]),
    "no minutes beside seconds": ("latency_p50_ms", [1_234_000.0, 2_000.0], ["1,234.00 s", "2.00 s"]),
    "minutes alone": ("latency_p50_ms", [1_234_000.0, 90_000.0], ["20.6 min", "1.5 min"]),
    "prices with the same decimals": (
        "input_usd_per_mtok",
        [Decimal("0.275"), Decimal("13.75"), Decimal("5")],
        ["0.275", "13.750", "5.000"],
    ),
    "a price with many decimals is whole, and makes no other longer": (
        "input_usd_per_mtok",
        [Decimal("0.123456789"), Decimal("2.5")],
        ["0.123456789", "2.5000"],
    ),
    "averages with the decimals that the smallest needs": ("input_each_tokens", [6846.0, 1.8], ["6,846.0", "1.8"]),
    "averages without, where none is small": ("input_each_tokens", [105_118.2, 24.0], ["105,118", "24"]),
}


@pytest.mark.parametrize("case", STYLES)
def test_the_numbers_of_a_column_have_one_style(case: str) -> None:
    column, values, written = STYLES[case]

    assert written == [writer(column, values)(value) for value in values]


GREEN, RED = "\x1b[32m", "\x1b[31m"


@pytest.mark.parametrize(
    ("column", "value", "colour"),
    [
        ("saving_usd", Decimal("1.5"), GREEN),
        ("saving_usd", Decimal("-1.5"), RED),
        ("saving_usd", Decimal(0), None),
        ("cache_saved_usd", Decimal("-0.5"), RED),
        ("saved_usd", Decimal(-3), RED),
        ("cost_change_usd", Decimal(2), RED),
        ("cost_change_usd", Decimal(-2), None),
        ("errors", 3, RED),
        ("errors", 0, None),
        ("failed_cost_usd", Decimal(0), None),
        ("cost_usd", Decimal(9), None),
    ],
)
def test_money_lost_is_never_green_and_nothing_is_no_loss(column: str, value: Any, colour: str | None) -> None:
    table = Table("Colours", ("model", column), [("a", value), ("b", None)], {column: value}, {})
    text = "".join(render(table, "table", width=80, color=True))

    assert (colour == GREEN) == ("\x1b[32m" in text or "\x1b[1;32m" in text)
    assert (colour == RED) == ("\x1b[31m" in text or "\x1b[1;31m" in text)


def test_wide_letters_are_whole_and_numbers_stand_below_each_other() -> None:
    table = Table("keys", ("key", "requests"), [("搜索服务", 1), ("search", 20)], {"requests": 21}, {})

    _, _, _, wide, narrow, *_ = "".join(write(table, None, False)).splitlines()

    assert (" 搜索服务          1", " search           20") == (wide, narrow)
