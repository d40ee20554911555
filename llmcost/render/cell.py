"""One value as text, by the unit that its column's suffix names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

UNKNOWN = "–"  # noqa: RUF001  what is not known, for people


def plain(value: Any) -> str:
    """Write a value exactly: Decimals with every digit that matters and no other, unknown as nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def exact(value: Decimal) -> str:
    """Write a Decimal without exponent and without zeros at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def for_people(column: str, value: Any) -> str:
    """Write a value for reading: dollars to the cent, shares in percent, thousands apart."""
    if value is None:
        return UNKNOWN
    if column.endswith("_usd"):
        return dollars(value, 6 if "_per_" in column else 2)
    if column.endswith("_share"):
        return f"{value:.1%}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, date) else plain(value)


def dollars(value: Decimal | float, decimals: int) -> str:
    """Write dollars; less than the smallest unit shown is not nothing."""
    unit = Decimal(1).scaleb(-decimals)
    if -unit < value < 0:
        return f"-<${unit:f}"
    if 0 < value < unit:
        return f"<${unit:f}"
    return f"${value:,.{decimals}f}" if value >= 0 else f"-${-value:,.{decimals}f}"


def is_number(column: str, rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    """Tell whether a column holds numbers, which stand to the right."""
    if column.endswith(("_usd", "_share", "_tokens", "_ms")):
        return True
    return any(isinstance(row[at], int | float | Decimal) and not isinstance(row[at], bool) for row in rows)


HEADINGS = {
    "cost_share": "share",
    "covered_share": "share",
    "cost_per_request_usd": "per request",
    "saving_low_usd": "low",
    "saving_high_usd": "high",
    "cost_per_operation_before_usd": "each before",
    "cost_per_operation_after_usd": "each after",
}


def heading(column: str) -> str:
    """Write a column's name for people: short, since its unit stands in the cells."""
    return HEADINGS.get(
        column, column.removesuffix("_usd_per_mtok").removesuffix("_usd").removesuffix("_tokens").replace("_", " ")
    )
