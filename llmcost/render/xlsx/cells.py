"""Values as the cells of a workbook: a number, a date, a truth, or a text that is never a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from llmcost.render.cell import plain, sanitize_for_terminal, shortened
from llmcost.render.json import encode
from llmcost.render.money import decimals_for, exact

# of a number in a cell
DIGITS, LARGEST = 15, Decimal(10) ** 300
MOST_TEXT, MOST_DECIMALS = 32_000, 6
# its calendar begins with 1900, and holds that year for a leap year
FIRST_YEAR = 1901
WIDTHS = 8, 60
TIME, DAY, PLAIN = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "General"


@dataclass
class Book:
    """A workbook that is written: its formats, each made once, and how many amounts of a column it had to round."""

    file: Any
    formats: dict[tuple[str, bool], Any] = field(default_factory=dict)
    rounded: dict[tuple[str, str], int] = field(default_factory=dict)

    def format(self, shown: str, *, is_bold: bool = False) -> Any:
        """Give the format of a kind of number."""
        if (shown, is_bold) not in self.formats:
            marked = {"bold": True, "top": 1} if is_bold else {}
            self.formats[shown, is_bold] = self.file.add_format({"num_format": shown, **marked})
        return self.formats[shown, is_bold]


def write_cell(
    book: Book, sheet: Any, place: tuple[int, int], value: Any, shown: str, *, is_bold: bool = False
) -> None:
    """Write a value as what it is; what Excel has no kind for is a text, and a text is never a formula."""
    if value is None:
        if is_bold:
            sheet.write_blank(*place, None, book.format(PLAIN, is_bold=True))
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, book.format(PLAIN, is_bold=is_bold))
    elif is_amount(value):
        sheet.write_number(*place, float(value), book.format(shown, is_bold=is_bold))
    elif isinstance(value, datetime) and value.year >= FIRST_YEAR:
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(*place, moment, book.format(TIME, is_bold=is_bold))
    elif type(value) is date and value.year >= FIRST_YEAR:
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), book.format(DAY, is_bold=is_bold))
    else:
        sheet.write_string(*place, text_of(value), book.format(PLAIN, is_bold=is_bold))


def is_amount(value: Any) -> bool:
    """Tell whether a value may be a number in a cell: finite, and no whole number whose last digits would be lost."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST:
        return False
    return abs(number) < Decimal(10) ** DIGITS or number != number.to_integral_value()


def is_rounded(value: Any) -> bool:
    """Tell whether an exact amount has more digits than a cell."""
    return (
        isinstance(value, Decimal) and is_amount(value) and len(exact(abs(value)).replace(".", "").lstrip("0")) > DIGITS
    )


def text_of(value: Any) -> str:
    """Write a value as text without control characters, and no longer than a cell."""
    text = encode(value).decode() if isinstance(value, list | tuple | dict) else plain(value)
    return shortened(sanitize_for_terminal(text), MOST_TEXT)


def number_format(column: str, values: Sequence[Any]) -> str:
    """Choose how the numbers of a column are shown; the cell has all of their digits."""
    numbers = [value for value in values if is_amount(value)]
    if column.endswith("_usd"):
        is_small = "_per_" in column or all(abs(number) < 1 for number in numbers)
        places = min(decimals_for(*numbers), MOST_DECIMALS) if is_small else 2
        return f'"$"#,##0.{"0" * places}'
    if column.endswith("_share"):
        return "0.0%"
    return "#,##0.00" if any(number != int(number) for number in numbers) else "#,##0"


def width(column: str, values: Sequence[Any]) -> int:
    """Measure how wide a column has to be, with room for the sign of its filter."""
    least, most = WIDTHS
    texts = [f"{float(value):,.2f} " if is_amount(value) else text_of(value) for value in values if value is not None]
    return min(max([least, len(column) + 3, *(len(text) + 1 for text in texts)]), most)
