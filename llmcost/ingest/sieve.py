"""Read a file line by line, name each line that is not a record of the format, and copy the others.

Only files that DuckDB refused come here. The kinds of leaves are those of format.py, and the limits those of
macros.sql: what passes here is read there.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from llmcost.ingest.format import Columns, Format
from llmcost.ingest.sources import Source, lines

MAX_LINE_BYTES = 16 * 1024 * 1024
WHOLE = re.compile(r"\d{1,18}(\.0*)?")
# Stands for what follows the point where an archive breaks off: what came before it is kept.
TORN_ARCHIVE = b""
FLAGS = {"true", "false", "none", ""}
FIRST_YEAR, LAST_YEAR = 2015, 2099


class BadLine(Exception):
    """A line is not a record of the format; the text says why and never quotes the line."""


def sieve(source: Source, format: Format, target: Path) -> list[tuple[int, str]]:
    """Copy the good records of a source to `target`, one JSON line each; return (line, reason) of the others.

    Blank lines are neither. Lines count from 1.
    """
    rejects = []
    with target.open("wb") as out:
        for number, line in numbered(source):
            try:
                out.write(orjson.dumps(record_of(line, format)) + b"\n")
            except BadLine as bad:
                rejects.append((number, str(bad)))
    return rejects


def numbered(source: Source) -> Iterator[tuple[int, bytes]]:
    """Count the lines of a source and leave out the blank ones."""
    number = 0
    try:
        for number, line in enumerate(lines(source), start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield number, text
    except (EOFError, OSError, zlib.error):
        yield number + 1, TORN_ARCHIVE


def record_of(line: bytes, format: Format) -> dict[str, Any]:
    """Parse one line and keep of it what the format reads. Raises BadLine."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine(f"longer than 16 MB ({len(line) / 1_000_000:.1f} MB)")
    if line == TORN_ARCHIVE:
        raise BadLine("the compressed file breaks off here")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(why_no_json(line, error)) from None
    if not isinstance(record, dict):
        raise BadLine(f"a JSON {kind_of(record)}, not an object")
    kept = pick(record, format.columns, "")
    missing = [key for key in format.required if kept.get(key) is None]
    if missing:
        raise BadLine("an empty object" if not record else f"no {', '.join(missing)}")
    return kept


def why_no_json(line: bytes, error: orjson.JSONDecodeError) -> str:
    """Say why a line is no JSON."""
    if b"\0" in line:
        return "a NUL byte"
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        return f"invalid UTF-8 at byte {broken.start}"
    if error.pos >= len(line.decode().rstrip()):
        return "cut off: the JSON does not end"
    return f"no valid JSON: {error.msg.split(':')[0]} at character {error.pos + 1}"


def pick(record: dict[str, Any], columns: Columns, path: str) -> dict[str, Any]:
    """Keep the declared leaves, each of its kind."""
    kept = {}
    for key, kind in columns.items():
        value = record.get(key)
        if value is not None:
            name = f"{path}{key}"
            kept[key] = pick_nested(value, kind, name) if isinstance(kind, dict) else leaf(value, kind, name)
    return kept


def pick_nested(value: Any, columns: Columns, name: str) -> dict[str, Any]:
    """Keep the declared leaves of a nested object."""
    if not isinstance(value, dict):
        raise BadLine(f"{name} is a {kind_of(value)}, not an object")
    return pick(value, columns, f"{name}.")


def leaf(value: Any, kind: str, name: str) -> Any:
    """Check one leaf against its kind; raises BadLine with its name and what it is."""
    if kind == "tokens" and not WHOLE.fullmatch(number_text(value)):
        raise BadLine(f"{name} is {described(value)}, not a token count")
    if kind == "number" and not is_number(number_text(value)):
        raise BadLine(f"{name} is {described(value)}, not a number")
    if kind == "flag" and str(value).lower() not in FLAGS:
        raise BadLine(f"{name} is {described(value)}, neither true nor false")
    if kind == "time" and value != "" and not is_time(value):
        raise BadLine(f"{name} is {described(value)}, not a plausible time")
    if kind == "texts" and not isinstance(value, list):
        raise BadLine(f"{name} is {described(value)}, not a list")
    if isinstance(value, dict | list) and kind in ("json", "text"):
        return orjson.dumps(value).decode()
    return value


def number_text(value: Any) -> str:
    """Write a number, or text that should be one, as macros.sql will see it."""
    return "" if isinstance(value, bool | dict | list) else str(value)


def is_number(text: str) -> bool:
    """Tell whether text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def is_time(value: Any) -> bool:
    """Tell whether a value is seconds since 1970 or ISO 8601, in years that logs are from."""
    try:
        seconds = float(number_text(value))
        return 1_420_070_400 <= seconds < 4_102_444_800
    except ValueError:
        pass
    try:
        # seven digits and more are .NET's and Go's; DuckDB cuts them, Python refuses them before 3.11
        return FIRST_YEAR <= datetime.fromisoformat(str(value)).year <= LAST_YEAR
    except ValueError:
        return False


def described(value: Any) -> str:
    """Describe a value without quoting text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f"a {kind_of(value)}"


def kind_of(value: Any) -> str:
    """Name the JSON type of a value."""
    names = {dict: "object", list: "list", str: "text", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
