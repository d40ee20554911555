"""One style for the numbers of a column: the unit and the decimals that all of them are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from llmcost.render import Table
from llmcost.render.cell import TEN_MILLION, humanize
from llmcost.render.money import decimals_for, dollars, exact

Write = Callable[[Any], str]
# units of tokens with their decimals, the largest first; smaller counts are written in full
TOKENS = ((1_000_000_000, "B", 1), (1_000_000, "M", 1), (1000, "K", 0))
SECOND, MINUTE = 1000.0, 60_000.0
# from here on lengths of time are written in minutes, where none is shorter than one
LONG = 600_000.0
# a count of more than so many digits is not written in thousands
MOST_THOUSANDS = 10_000_000_000
# a price with more decimals than this is rare, and its neighbours are not made longer by it
MOST_PLACES = 4
# nor small dollars by one request that cost next to nothing
MOST_OF_A_CENT = 6


def writers(table: Table) -> dict[str, Write]:
    """Choose how each column of a table is written, its total included."""
    return {
        name: writer(name, [*(row[at] for row in table.rows), table.totals.get(name)], is_small=name in table.small)
        for at, name in enumerate(table.columns)
    }


def writer(column: str, values: Iterable[Any], *, is_small: bool = False) -> Write:
    """Choose one style for the numbers of a column; any other value is written by itself."""
    numbers = [value for value in values if is_measured(value)]
    style = (small(numbers) if is_small else style_of(column, numbers)) if numbers else None

    def write(value: Any) -> str:
        return humanize(column, value) if style is None or not is_measured(value) else style(value)

    return write


def is_measured(value: Any) -> bool:
    """Tell whether a value is a number that its neighbours may be compared with."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return Decimal(value).is_finite()


def style_of(column: str, numbers: list[Any]) -> Write | None:
    """Choose a style by the unit that a column's name ends in; None where every number has the same anyway."""
    if column.endswith("_tokens"):
        return tokens(numbers)
    if column.endswith("_ms"):
        return duration(numbers)
    if column.endswith(("_usd", "_share")):
        return None
    if any(isinstance(number, float) for number in numbers):
        return fixed(2 if most(numbers) < 1000 or least(numbers) < 10 else 0)
    return decimals(numbers)


def small(numbers: list[Any]) -> Write:
    """Write dollars with the decimals that the smallest of them needs."""
    places = min(decimals_for(*numbers), MOST_OF_A_CENT)
    return lambda value: dollars(value, places)


def least(numbers: list[Any]) -> float:
    """Give the smallest number that is not nothing, whatever its sign."""
    return min((abs(float(number)) for number in numbers if number), default=0.0)


def most(numbers: list[Any]) -> float:
    """Give the largest number, whatever its sign."""
    return max(abs(float(number)) for number in numbers)


def tokens(numbers: list[Any]) -> Write:
    """Write counts of tokens in the largest unit that tells the smallest of them, in full where none is large."""
    low, high = least(numbers), most(numbers)
    if high < TEN_MILLION:
        has_parts = low < 10 and any(isinstance(number, float) for number in numbers)
        return fixed(1 if has_parts else 0)
    fitting = [unit for unit in TOKENS if low >= unit[0] / 10 and high >= 10 * unit[0]]
    size, letter, places = fitting[0] if fitting else TOKENS[2 if high < MOST_THOUSANDS else 1]
    return scaled(float(size), letter, places)


def duration(numbers: list[Any]) -> Write:
    """Write lengths of time all in milliseconds, in seconds, or in minutes where none is shorter than one."""
    low, high = least(numbers), most(numbers)
    if high < SECOND:
        return scaled(1.0, " ms", 0)
    if high >= LONG and low >= MINUTE:
        return scaled(MINUTE, " min", 1)
    return scaled(SECOND, " s", 3 if low < 100 else 2)


def scaled(size: float, unit: str, places: int) -> Write:
    """Write numbers as multiples of a size; what its last decimal cannot show is not nothing."""
    smallest = 10**-places

    def write(value: Any) -> str:
        number = float(value) / size
        if not number and size > 1:
            return "0"
        if 0 < abs(number) < smallest / 2:
            return f"{'-' if number < 0 else ''}<{smallest:.{places}f}{unit}"
        return f"{number:,.{places}f}{unit}"

    return write


def fixed(places: int) -> Write:
    """Write numbers with so many decimals, thousands apart."""
    return lambda value: f"{value:,.{places}f}"


def decimals(numbers: list[Any]) -> Write | None:
    """Write exact numbers with the decimals that most of them need, and every digit of one that has more."""
    parts = [len(exact(number).partition(".")[2]) for number in numbers if isinstance(number, Decimal)]
    places = min(max(parts, default=0), MOST_PLACES)

    def write(value: Any) -> str:
        text = exact(Decimal(value))
        whole, _, digits = text.partition(".")
        return text if len(digits) > places else f"{whole}.{digits:0<{places}}"

    return write if places else None
