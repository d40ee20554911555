"""What a query gives, as the renderers take it: distinct names, values of DuckDB's kinds made ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from llmcost.render import DELIMITED, FOR_PEOPLE
from llmcost.render.cell import plain, sanitize_for_terminal
from llmcost.render.json import encode

AMOUNTS = ("_usd", "_share", "_tokens", "_ms")
Row = tuple[Any, ...]


def distinct(names: Sequence[str]) -> list[str]:
    """Number the names that come again: a, a_2. Readers of Parquet ignore case, so it is ignored here."""
    found: list[str] = []
    for name in names:
        taken = {each.casefold() for each in (*names, *found)} if name.casefold() in map(str.casefold, found) else set()
        number, wanted = 2, name
        while wanted.casefold() in taken:
            number, wanted = number + 1, f"{name}_{number}"
        found.append(wanted)
    return found


def shaped(format: str, names: Sequence[str], rows: Sequence[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """Shape columns and rows for an output format."""
    columns, values = distinct(names), [tuple(map(known, row)) for row in rows]
    if format in DELIMITED:
        return tuple(columns), [tuple(map(flat, row)) for row in values]
    if format in FOR_PEOPLE:
        shown = [heading(name, [row[at] for row in values]) for at, name in enumerate(columns)]
        return tuple(distinct(shown)), [tuple(map(readable, row)) for row in values]
    return tuple(columns), values


def known(value: Any) -> Any:
    """Turn a value of DuckDB into one that every renderer knows."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, list | tuple):
        return [known(item) for item in value]
    if isinstance(value, dict):
        return {key if isinstance(key, str) else plain(known(key)): known(inner) for key, inner in value.items()}
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return Decimal(value)
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, str | int | float | Decimal | date) else str(value)


def flat(value: Any) -> Any:
    """Write lists and structs as JSON."""
    return encode(value).decode() if isinstance(value, list | dict) else value


def readable(value: Any) -> Any:
    """Write a value for people: a list by its items, and nothing that a terminal would obey or that breaks a row."""
    if isinstance(value, list) and value and not any(isinstance(item, list | dict) for item in value):
        value = ", ".join("–" if item is None else plain(item) for item in value)  # noqa: RUF001  as in a cell
    value = flat(value)
    return sanitize_for_terminal(value) if isinstance(value, str) else value


def heading(name: str, values: Sequence[Any]) -> str:
    """Give a column for people its name; without its unit's underscore where it holds no amounts of that unit."""
    # the terminal's table takes words in square brackets for styles
    shown = str(readable(name)).replace("[", "(").replace("]", ")")
    if shown.endswith(AMOUNTS) and not all(value is None or is_amount(value) for value in values):
        return shown.replace("_", " ")
    return shown


def is_amount(value: Any) -> bool:
    """Tell whether a value is a number that can be written in a unit."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return Decimal(value).is_finite()
