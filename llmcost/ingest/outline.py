"""A record without what was said in it: keys, numbers, what the store holds anyway, and of all other text the size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from llmcost.ingest.format import Format
from llmcost.ingest.json_text import NotJson, decode, encode
from llmcost.ingest.sieve import FLAGS, is_number, is_time

NAME = re.compile(r"[:@$\w.-]{1,60}")
# of a list of objects, the first
SHOWN_ITEMS = 3
UNREAD = ("content", "json")
MAPS = ("map", "token_map")
Leaf = str | int | float | None
Pair = tuple[str, Leaf]


class Outline:
    """Walks a record along the columns that its format reads.

    Deeper than they go nothing is shown but sizes: there may be a prompt. Text is shown if it is one of `known`, the
    values that the store holds of the request, or a number, a time or a flag where the format reads one.
    """

    def __init__(self, format: Format | None, known: frozenset[str]) -> None:
        self._columns = format.columns if format else {}
        self._parsed = {inside["from"]: inside["columns"] for inside in format.parsed.values()} if format else {}
        self._known = known

    def pairs(self, record: Any) -> list[Pair]:
        """List the leaves of a record by their paths."""
        return list(self._walk(record, self._columns, ""))

    def _walk(self, value: Any, columns: Any, path: str) -> Iterator[Pair]:
        columns = self._parsed.get(path, columns)
        if isinstance(columns, dict | list):
            value = opened(value)
        if isinstance(value, dict) and (isinstance(columns, dict) or columns in MAPS):
            yield from self._keys(value, columns, path)
        elif isinstance(value, list) and value and (isinstance(columns, list) or columns == "texts"):
            yield from self._items(value, columns, path)
        else:
            yield path, self._leaf(value, columns if isinstance(columns, str) else None)

    def _keys(self, value: dict[str, Any], columns: Any, path: str) -> Iterator[Pair]:
        for key, inner in value.items():
            is_read = isinstance(columns, dict) and key in columns
            named = key if is_read or NAME.fullmatch(key) else "…"
            kind = columns.get(key) if isinstance(columns, dict) else columns
            yield from self._walk_inside(inner, kind, f"{path}.{named}" if path else named, columns)

    def _walk_inside(self, inner: Any, kind: Any, path: str, columns: Any) -> Iterator[Pair]:
        """Walk on, but not into the values of a map, which are leaves."""
        if columns in MAPS:
            yield path, self._leaf(inner, kind)
        else:
            yield from self._walk(inner, kind, path)

    def _items(self, value: list[Any], columns: Any, path: str) -> Iterator[Pair]:
        for number, item in enumerate(value[:SHOWN_ITEMS]):
            yield from self._walk(item, columns[0] if isinstance(columns, list) else "text", f"{path}[{number}]")
        if len(value) > SHOWN_ITEMS:
            yield f"{path}[…]", f"<{len(value) - SHOWN_ITEMS:,} more>"

    def _leaf(self, value: Any, kind: str | None) -> Leaf:
        """Show a value, or its size."""
        if value is None or (isinstance(value, bool | int | float) and kind not in UNREAD):
            return value
        if isinstance(value, str) and kind not in UNREAD and (value in self._known or is_plain(value, kind)):
            return value
        return sized(value)


def opened(value: Any) -> Any:
    """Take the JSON out of a text that holds it."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(NotJson):
            return decode(value)
    return value


def is_plain(text: str, kind: str | None) -> bool:
    """Tell whether a text is nothing but the number, time or flag that the format reads there."""
    tests = {"tokens": is_number, "token_map": is_number, "number": is_number, "time": is_time, "flag": is_flag}
    return text == "" or bool(kind in tests and tests[kind](text))


def is_flag(text: str) -> bool:
    """Tell whether a text says yes or no."""
    return text.lower() in FLAGS


def sized(value: Any) -> str:
    """Write how large a value is."""
    if isinstance(value, str):
        return f"<{len(value):,} characters>"
    if isinstance(value, dict | list):
        count = f"{len(value):,} {'keys' if isinstance(value, dict) else 'items'}"
        return f"<{count}, {len(encode(value)):,} bytes>"
    return "<a number>"
