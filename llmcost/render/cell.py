"""One value as text, by the unit that its column's suffix names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from llmcost.counts import counted
from llmcost.render.money import dollars, exact

UNKNOWN = "–"  # noqa: RUF001  what is not known, for people
TEN_MILLION = 10_000_000
BLOCKS = "▁▂▃▄▅▆▇█"
MAX_POINTS = 40
ENDS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]")
# control characters, and those that turn the direction of what follows
OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


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


def sanitize_for_terminal(text: str) -> str:
    """Write a log's own text without what a terminal obeys, XML forbids or a row ends at; letters stay as they are."""
    return text if text.isprintable() else OBEYED.sub("?", ENDS.sub(" ", text))


def shortened(text: str, most: int) -> str:
    """Cut a text that is longer than `most` characters, and say how long it is."""
    return text if len(text) <= most else f"{text[:most]}… ({counted(len(text), 'character')})"


def humanize(column: str, value: Any) -> str:
    """Write a value for reading: dollars to the cent, shares in percent, thousands apart, series drawn."""
    if value is None:
        return UNKNOWN
    if isinstance(value, tuple):
        return sparkline(value)
    if column.endswith("_usd"):
        return dollars(value, 6 if "_per_" in column else 2)
    unit = next((ending for ending in UNITS if column.endswith(ending)), None)
    return UNITS[unit](value) if unit and not isinstance(value, str) else unitless(value)


def unitless(value: Any) -> str:
    """Write a value that has no unit."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, date) else sanitize_for_terminal(plain(value))


def share(value: float) -> str:
    """Write a share in percent."""
    # z: no sign before a zero
    return f"{value:z.1%}"


def tokens(value: float) -> str:
    """Write a count of tokens, in millions where it is many; an average has a decimal where it is small."""
    if abs(value) >= TEN_MILLION:
        millions = abs(value) < TEN_MILLION * 1000
        return f"{value / 1_000_000:,.1f}M" if millions else f"{value / 1_000_000_000:,.1f}B"
    return f"{value:,.1f}" if isinstance(value, float) and abs(value) < 100 else f"{value:,.0f}"


def duration(milliseconds: float) -> str:
    """Write a length of time: milliseconds below a second, seconds below ten minutes, then minutes."""
    if abs(milliseconds) < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.2f} s" if abs(seconds) < 600 else f"{seconds / 60:,.1f} min"


def sparkline(values: Sequence[Any]) -> str:
    """Draw numbers as blocks from the least, 0 at most, to the largest; what is not known is a gap."""
    drawn = binned(values, MAX_POINTS)
    known = [value for value in drawn if value is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0])
    step = (high - low) / (len(BLOCKS) - 1) or 1
    return "".join(" " if value is None else BLOCKS[round((value - low) / step)] for value in drawn)


def binned(values: Sequence[Any], most: int) -> list[float | None]:
    """Give at most so many numbers: means of neighbours, where there are more."""
    size = -(-len(values) // most) or 1
    parts = [[float(v) for v in values[at : at + size] if v is not None] for at in range(0, len(values), size)]
    return [sum(part) / len(part) if part else None for part in parts]


def bar(value: Any, largest: float, width: int) -> str:
    """Draw a number as a bar to an eighth of a character; more than nothing is seen."""
    if value is None or value <= 0 or largest <= 0:
        return ""
    eighths = max(round(float(value) / largest * width * 8), 1)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8]


def is_number(column: str, rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    """Tell whether a column holds numbers, which stand to the right."""
    if column.endswith(("_usd", "_share", "_tokens", "_ms")):
        return True
    return any(isinstance(row[at], int | float | Decimal) and not isinstance(row[at], bool) for row in rows)


def is_drawing(rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    """Tell whether a column holds series of numbers, which are drawn."""
    return any(isinstance(row[at], tuple) for row in rows)


UNITS: dict[str, Callable[[Any], str]] = {"_share": share, "_ms": duration, "_tokens": tokens}
HEADINGS = {
    "cost_share": "share",
    "covered_share": "share",
    "error_share": "error rate",
    "change_share": "change",
    "input_per_request_tokens": "input each",
    "output_per_request_tokens": "output each",
    "truncated_share": "truncated",
    "oversized_share": "oversized",
    "reasoning_share": "reasoning",
    "reasoning_tokens": "reasoning tokens",
    "total_tokens": "tokens",
    "latency_p50_ms": "p50",
    "latency_p95_ms": "p95",
    "latency_p99_ms": "p99",
    "error_low_share": "at least",
    "error_high_share": "at most",
    "step_share": "rate",
    "recovered_share": "success",
    "added_p50_ms": "added p50",
    "added_p95_ms": "added p95",
    "cost_per_success_usd": "per success",
    "cost_per_1k_tokens_usd": "per 1k tokens",
    "input_growth_per_day_tokens": "growth a day",
    "expected_low_usd": "at least",
    "expected_tokens": "expected tokens",
    "block_end": "ends",
    "expected_high_usd": "at most",
    "of_change_share": "of the change",
    "cost_per_request_usd": "per request",
    "saving_low_usd": "low",
    "saving_high_usd": "high",
    "cost_per_operation_before_usd": "each before",
    "cost_per_operation_after_usd": "each after",
}


def heading(column: str) -> str:
    """Write a column's name for people: short, since its unit stands in the cells."""
    return HEADINGS.get(
        column,
        column.removesuffix("_usd_per_mtok")
        .removesuffix("_usd")
        .removesuffix("_tokens")
        .removesuffix("_ms")
        .replace("_", " "),
    )
