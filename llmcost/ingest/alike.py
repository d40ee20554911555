"""Lines that a query cannot tell apart but by what it copies: the same keys, and under each a value of the same kind.

A query that refuses one of them refuses them all, so the lines of a file are tried kind by kind, not one by one.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any

from llmcost.ingest.json_text import NotJson, decode

# a name of a kind, a role, an attribute: queries ask for these letter by letter
WORD_CHARS = 40
RUNS = re.compile(r"[0-9]+|[^\W\d_]+|\s+")
HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
NUMERIC = re.compile(r"\s*[-+.\dinINeE]")
# of a longer text nothing is copied into a column but its hash and size
TEXT_CHARS = 200


def alike(lines: Iterable[bytes]) -> list[array[int]]:
    """Put the places of lines that are alike together, the largest groups first."""
    groups: dict[Hashable, array[int]] = {}
    for place, line in enumerate(lines):
        try:
            key: Hashable = hash(kind_of(decode(line)))
        except (NotJson, RecursionError):
            key = (place,)
        groups.setdefault(key, array("Q")).append(place)
    return sorted(groups.values(), key=len, reverse=True)


def kind_of(value: Any) -> Hashable:
    """Describe a value by all that a query may make of it: two of one kind are read, or refused, together."""
    if isinstance(value, dict):
        return ("object", *((key, kind_of(inner)) for key, inner in value.items()))
    if isinstance(value, list):
        return ("list", *map(kind_of, value))
    if isinstance(value, str):
        return kind_of_text(value)
    if value is None or isinstance(value, bool):
        return repr(value)
    return kind_of_number(value)


def kind_of_number(value: float) -> Hashable:
    """Describe a number by its sign, its size and whether it is whole."""
    if not math.isfinite(value):
        return "number", repr(value)
    return type(value).__name__, value < 0, value == 0, value == int(value), len(str(abs(int(value))))


def kind_of_text(text: str) -> Hashable:
    """Describe a text by what it can be read as, and by its letters where it may be a word that is asked for."""
    if text[:1] in ("{", "["):
        try:
            return "JSON", kind_of(decode(text))
        except NotJson:
            return "text", "{", "\0" in text
    if len(text) > TEXT_CHARS:
        return "long", text[:1].isspace(), "\0" in text
    if NUMERIC.match(text):
        try:
            return "number in text", len(text) if text.isdigit() else 0, kind_of_number(float(text))
        except ValueError:
            pass
        try:
            time = datetime.fromisoformat(text)
            return "time", time.year, time.tzinfo is None, len(text)
        except ValueError:
            pass
    if len(text) <= WORD_CHARS and not any(map(str.isdigit, text)):
        return "word", text
    return "text", RUNS.sub(shape_of_run, text), len(text) if HEX.fullmatch(text) else 0


def shape_of_run(run: re.Match[str]) -> str:
    """Write one sign for a run of digits, of letters or of spaces."""
    first = run[0][0]
    return "9" if first.isdigit() else " " if first.isspace() else "a"
