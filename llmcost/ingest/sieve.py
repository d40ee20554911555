"""Read a file line by line, name each line that is not a record of the format, and copy the others.

Only files that DuckDB refused come here. The kinds of leaves are those of format.py, and the limits those of
macros/values.sql: what passes here is read there.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from llmcost.ingest.fast_check import Fits, fits_of
from llmcost.ingest.format import Columns, Format
from llmcost.ingest.json_text import NotJson, decode, encode
from llmcost.ingest.sources import BREAKS, MAX_LINE_BYTES, Bound, Source, numbered_lines, raise_unless_torn, temporary

WHOLE = re.compile(r"0*(\d{1,19})(\.0*)?", re.ASCII)
# what tokens() of macros/values.sql takes and its column holds; that no model holds so many is said when it is priced
MAX_COUNT = 2**63 - 1
# Stands for what follows the point where an archive breaks off: what came before it is kept.
TORN_ARCHIVE = b""
FLAGS = {"true", "false", "none", ""}
FIRST_YEAR, LAST_YEAR = 2015, 2099
EXCERPT_CHARS = 120
STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|$)|[^\W\d_][\w]*|[^\x20-\x7e]+')
JSON_WORDS = {"true", "false", "null"}


class BadLine(Exception):
    """A line is not a record of the format; the text says why and never quotes the line."""


@dataclass(frozen=True)
class Reject:
    """A line that could not be understood: where, why, and its shape without its text."""

    path: str
    line: int
    reason: str
    excerpt: str


def sieve(source: Source, format: Format, folder: str) -> tuple[Source, list[Reject]]:
    """Copy the good records of a source, one JSON line each; return the copy, and the other lines.

    Blank lines are neither. Lines count from 1.
    """
    rejects = []
    numbers = array("Q")
    bound = Bound(source)
    fits = fits_of(format, "VARCHAR")
    with temporary(folder) as out:
        for number, line in numbered(source):
            try:
                kept = json_line(line, format, fits) + b"\n"
                bound.take(len(kept))
                out.write(kept)
                numbers.append(number)
            except BadLine as bad:
                rejects.append(Reject(source.path, number, str(bad), excerpt(line, format)))
    return replace(source, readable=out.name, compression="none", line_numbers=numbers), rejects


def numbered(source: Source) -> Iterator[tuple[int, bytes]]:
    """Count the lines of a source and leave out the blank ones."""
    number = 0
    try:
        for number, line in numbered_lines(source):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield number, text
    except BREAKS as error:
        raise_unless_torn(error)
        yield number + 1, TORN_ARCHIVE


def json_line(line: bytes, format: Format, fits: Fits) -> bytes:
    """Parse one line and write what the format reads of it. Raises BadLine."""
    check_length(line)
    if fits(line):
        with suppress(NotJson):
            return encode(decode(line))
    return closely(line, format)


def check_length(line: bytes) -> None:
    """Raise BadLine where a line is too long, or stands for the rest of an archive that breaks off."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine("longer than 32 MB")
    if line == TORN_ARCHIVE:
        raise BadLine("the compressed file breaks off here")


def closely(line: bytes, format: Format) -> bytes:
    """Parse a line that may not be a record, and write what the format reads of it. Raises BadLine."""
    try:
        return write(record_of(parse(line), format))
    except RecursionError:
        return line.strip()  # Python gives up where DuckDB does not: it may judge


def parse(line: bytes) -> Any:
    """Parse one line; NaN, which Python and JavaScript write and JSON does not know, is null."""
    try:
        return decode(line)
    except NotJson as error:
        with suppress(ValueError):
            return json.loads(line, parse_constant=lambda _: None)
        raise BadLine(why_not_json(line, error)) from None


def write(record: dict[str, Any]) -> bytes:
    """Write a record; half a surrogate pair, which no UTF-8 can hold, becomes a question mark."""
    try:
        return encode(record)
    except UnicodeEncodeError:
        return json.dumps(record, ensure_ascii=False).encode(errors="replace")


def record_of(record: Any, format: Format) -> dict[str, Any]:
    """Keep of a record what the format reads. Raises BadLine."""
    if not isinstance(record, dict):
        raise BadLine(f"a JSON {kind_of(record)}, not an object")
    kept: dict[str, Any] = pick(record, format.columns, "")
    missing = [key for key in format.required if kept.get(key) is None]
    if missing:
        raise BadLine("an empty object" if not record else f"no {', '.join(missing)}")
    inside: dict[str, Any] = {}
    for name, column in format.parsed.items():
        inside[name] = check_inside({**kept, **inside}, column["from"], column["columns"])
    return kept


def check_inside(record: dict[str, Any], path: str, columns: Columns) -> Any:
    """Check the JSON inside a text as DuckDB will read it: what is not JSON of that shape is simply not there."""
    value: Any = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str):
        with suppress(NotJson):
            value = decode(value)
    try:
        return pick(value, columns, f"{path}.") if isinstance(value, dict | list) else None
    except WrongShape:
        return None


class WrongShape(BadLine):
    """A list where an object should be, or the other way round."""


def why_not_json(line: bytes, error: NotJson) -> str:
    """Say why a line is not JSON."""
    if b"\0" in line:
        return "a NUL byte"
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        return f"invalid UTF-8 at byte {broken.start}"
    if error.place >= len(line.rstrip()):
        return "cut off: the JSON does not end"
    return f"not valid JSON: {error.reason} at character {len(line[: error.place].decode()) + 1}"


def pick(value: Any, columns: Any, path: str) -> Any:
    """Keep the declared leaves, each of its kind."""
    name = path.removesuffix(".")
    if isinstance(columns, list):
        if not isinstance(value, list):
            raise WrongShape(f"{name} is {a(kind_of(value))}, not a list")
        return [None if item is None else pick(item, columns[0], f"{name}[].") for item in value]
    if isinstance(columns, str):
        return leaf(value, columns, name)
    if not isinstance(value, dict):
        raise WrongShape(f"{name} is {a(kind_of(value))}, not an object")
    return {k: pick(value[k], kind, f"{path}{k}.") for k, kind in columns.items() if value.get(k) is not None}


def leaf(value: Any, kind: str, name: str) -> Any:
    """Check one leaf against its kind; raises BadLine with its name and what it is."""
    if kind in ("map", "token_map") and not isinstance(value, dict):
        raise WrongShape(f"{name} is {described(value)}, not an object")
    counts = value.values() if kind == "token_map" else [value] if kind == "tokens" else []
    for count in counts:
        if count is not None and not is_count(count):
            raise BadLine(f"{name} is {described(count)}, not a token count")
    if kind == "number" and not is_number(number_text(value)):
        raise BadLine(f"{name} is {described(value)}, not a number")
    if kind == "flag" and str(value).lower() not in FLAGS:
        raise BadLine(f"{name} is {described(value)}, neither true nor false")
    # 0 is what programs write that have no time
    if kind == "time" and value not in ("", "0", 0) and not is_time(value):
        raise BadLine(f"{name} is {described(value)}, not a plausible time")
    if kind == "texts" and not isinstance(value, list):
        raise BadLine(f"{name} is {described(value)}, not a list")
    return json_text(value) if isinstance(value, dict | list) and kind in ("json", "text", "content") else value


def json_text(value: Any) -> str:
    """Write an object or a list as the text that DuckDB would make of it."""
    return write(value).decode()


def is_count(value: Any) -> bool:
    """Tell whether a value is a number of tokens that a store can hold."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else number_text(value)
    found = WHOLE.fullmatch(text)
    return found is not None and int(found[1]) <= MAX_COUNT


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
    """Tell whether a value is a time: seconds to nanoseconds since 1970 or ISO 8601, in years that logs are from."""
    try:
        seconds = float(number_text(value))
        return any(1_420_070_400 <= seconds / unit < 4_102_444_800 for unit in (1, 1e3, 1e6, 1e9))
    except ValueError:
        pass
    try:
        # seven digits and more are .NET's and Go's; DuckDB cuts them, Python refuses them before 3.11
        return FIRST_YEAR <= datetime.fromisoformat(str(value).removesuffix(" UTC")).year <= LAST_YEAR
    except ValueError:
        return False


def described(value: Any) -> str:
    """Describe a value without quoting text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else a(kind_of(value))


def a(noun: str) -> str:
    """Put the article before a noun."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def kind_of(value: Any) -> str:
    """Name the JSON type of a value."""
    names = {dict: "object", list: "list", str: "text", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def excerpt(line: bytes, format: Format) -> str:
    """Show the shape of a line: the format's own keys and the numbers; every other text is an ellipsis."""
    known = key_names(format.columns) | JSON_WORDS
    text = line[: 16 * EXCERPT_CHARS].decode(errors="replace").strip()

    def redact(found: re.Match[str]) -> str:
        word = found.group(1) if found.group(1) is not None else found.group()
        return found.group() if word in known else '"…"' if found.group().startswith('"') else "…"

    redacted = STRINGS.sub(redact, text)
    return redacted if len(redacted) <= EXCERPT_CHARS else redacted[: EXCERPT_CHARS - 1] + "…"


def key_names(columns: Any) -> set[str]:
    """Collect the names of all columns, nested ones too."""
    if isinstance(columns, list):
        return key_names(columns[0])
    if not isinstance(columns, dict):
        return set()
    return set(columns) | {name for inner in columns.values() for name in key_names(inner)}
