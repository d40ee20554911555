"""A format: how to recognise its records, which of their fields to read, and the query that makes requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from llmcost.errors import ShelfError
from llmcost.shelf import shipped_shelf

# What leaves of `columns` there are: what each takes, and what the query makes of it.
KINDS = {
    "text": "text; of a number, a list or an object its JSON",
    "tokens": "a whole number, 12.0 too: `tokens(x)`",
    "number": "any number: milliseconds, USD, a temperature",
    "flag": "true or false, as text too: `flag(x)`",
    "time": "seconds to nanoseconds since 1970, or ISO 8601: `utc(x)`",
    "texts": "a list of texts",
    "json": "any JSON as text, for `->` and `->>`, or for `parsed`",
    "content": "text of prompts or answers, or JSON that holds it: hashed by `content.sql`, NULL with `--text none`",
    "map": "an object whose keys are not known before, its values as text",
    "token_map": "the same of token counts",
}
# What they are read as. Token counts are read as text: only text tells 12.5 and true from 12.
# `content` is prompt or answer text or the JSON that holds it: it is hashed and measured, never stored.
LEAF_TYPES = {
    "text": "VARCHAR",
    "tokens": "VARCHAR",
    "number": "DOUBLE",
    "flag": "VARCHAR",
    "json": "VARCHAR",
    "content": "VARCHAR",
    "texts": "VARCHAR[]",
    "map": "MAP(VARCHAR, VARCHAR)",
    "token_map": "MAP(VARCHAR, VARCHAR)",
}
# What a format's query must give of each request; every other column of `requests` may be missing.
REQUIRED_COLUMNS = (
    *("request_id", "dedupe_key", "file_id", "started_at", "operation_name"),
    *("usage_source", "usage_basis", "is_batch", "status"),
)
PASSED_OVER = "passed_over"
# key -> kind of leaf, nested mapping, or [mapping] for a list; also the inner parts of such
Columns = Any
Record = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """One file of the shelf ingest/formats.

    `recognise` lists alternatives: a record is this format's if it fulfils one of them (see `fulfils`). `beside` lists
    those of a stream's events that hold no record, among others that do. `columns` is
    the part of a record that is read: key -> kind of leaf, a nested mapping, or `[mapping]` for a list of them.
    `parsed` names JSON inside text: new column -> {from: path of a json leaf, columns: its own}. A record without
    one of `required` is rejected. `passes_over` lists why the query may leave records out that are not requests: its
    column `passed_over` says which. `macros` names the files and folders of ingest/macros that the query uses.
    `tables` are those of an SQLite database that hold its records. `has_ids` is false where some records have no id of
    their own, `has_sums` true of a table whose rows are sums of requests. A `projection` of their columns, in SQL,
    stands between them and the query of another format (see mapping.py).
    """

    name: str
    query: str
    title: str
    answers: str
    source: str
    recognise: list[dict[str, Any]]
    required: list[str]
    columns: Columns
    beside: list[dict[str, Any]] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)
    parsed: dict[str, dict[str, Any]] = field(default_factory=dict)
    passes_over: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    has_ids: bool = True
    has_sums: bool = False
    projection: str = ""

    def check(self) -> None:
        """Refuse a header that reads what is no kind, or requires what it does not read."""
        parts = [self.columns, *(inside["columns"] for inside in self.parsed.values())]
        for path, kind in (leaf for part in parts for leaf in leaves_of(part)):
            if not isinstance(kind, str) or kind not in KINDS:
                written = f"`{'.'.join(map(str, path))}: {'' if kind is None else kind}`"
                raise ShelfError(f"{self.name}.sql: {written}: not a kind; kinds are {', '.join(KINDS)}")
        if strays := [f"`{name}`" for name in self.required if name not in self.columns]:
            raise ShelfError(f"{self.name}.sql: `required` names {', '.join(strays)}, which `columns` does not have")

    @cached_property
    def time_paths(self) -> list[tuple[str, ...]]:
        """The keys that lead to each leaf that is a time."""
        return list(paths_of(self.columns, "time"))

    def claims(self, record: Record) -> int:
        """Count the marks of the longest alternative that the record fulfils; 0 if none."""
        return max((size(marks) for marks in self.recognise if fulfils(record, marks)), default=0)

    def stands_beside(self, record: Record) -> bool:
        """Tell whether a record is an event of a stream whose other events hold the format's records."""
        return any(fulfils(record, marks) for marks in self.beside)


def required_columns(format: Format) -> tuple[str, ...]:
    """Name the columns that a format's query must give."""
    return (*REQUIRED_COLUMNS, PASSED_OVER) if format.passes_over else REQUIRED_COLUMNS


@cache
def formats() -> dict[str, Format]:
    """Read the shelf of formats by name."""
    return shipped_shelf(resources.files("llmcost.ingest") / "formats", Format)


def paths_of(columns: Columns, kind: str) -> Iterator[tuple[str, ...]]:
    """Give the keys that lead to each leaf of a kind, through lists as if they were not there."""
    return (path for path, found in leaves_of(columns) if found == kind)


def leaves_of(columns: Columns) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give each leaf with the keys that lead to it, through lists of one as if they were not there."""
    if isinstance(columns, list) and len(columns) == 1:
        yield from leaves_of(columns[0])
    elif isinstance(columns, dict):
        yield from (((key, *path), kind) for key, inner in columns.items() for path, kind in leaves_of(inner))
    else:
        yield (), columns


def fulfils(record: Any, marks: dict[str, Any]) -> bool:
    """Tell whether a record has every key of `marks`.

    A mark without value asks for the key alone; a list, for one of its values; a mapping, for marks inside; the key
    "*" for any child with the marks inside.
    """
    if not isinstance(record, dict):
        return False
    for key, mark in marks.items():
        if key == "*":
            if not any(matches(value, mark) for value in record.values()):
                return False
        elif key not in record or (mark is not None and not matches(record[key], mark)):
            return False
    return True


def matches(value: Any, mark: Any) -> bool:
    """Tell whether one value is what one mark asks for."""
    if isinstance(mark, dict):
        return fulfils(value[0] if isinstance(value, list) and value else value, mark)
    return mark is None or value == mark or (isinstance(mark, list) and value in mark)


def size(marks: dict[str, Any]) -> int:
    """Count the marks of an alternative, nested ones too."""
    return sum(size(mark) if isinstance(mark, dict) else 1 for mark in marks.values())


def duckdb_columns(columns: Columns, time_type: str) -> str:
    """Write `columns` as the argument of DuckDB's read_ndjson; times are DOUBLE or VARCHAR."""
    pairs = (f"\"{key}\": '{duckdb_type(kind, time_type)}'" for key, kind in columns.items())
    return "{" + ", ".join(pairs) + "}"


def duckdb_type(kind: Any, time_type: str) -> str:
    """Translate a kind of leaf, a nested mapping of them, or a list of one, into a DuckDB type."""
    if isinstance(kind, list):
        return f"{duckdb_type(kind[0], time_type)}[]"
    if isinstance(kind, dict):
        fields = (f'"{key}" {duckdb_type(inner, time_type)}' for key, inner in kind.items())
        return f"STRUCT({', '.join(fields)})"
    return time_type if kind == "time" else LEAF_TYPES[kind]


def json_structure(kind: Any) -> Any:
    """Translate the same into the structure that DuckDB's from_json takes."""
    if isinstance(kind, list):
        return [json_structure(kind[0])]
    if isinstance(kind, dict):
        return {key: json_structure(inner) for key, inner in kind.items()}
    return ["VARCHAR"] if kind == "texts" else LEAF_TYPES.get(kind, "VARCHAR").replace(" ", "")


def parsed_columns(format: Format) -> list[str]:
    """Write the columns of `parsed` as SQL expressions; text that is not JSON of the shape is NULL."""
    return [parsed_column(name, inside["from"], inside["columns"]) for name, inside in format.parsed.items()]


def parsed_column(name: str, path: str, columns: Any) -> str:
    """Write one column of `parsed`: `path` is a leaf of kind json or content, or a column parsed before."""
    text = ".".join(f'"{part}"' for part in path.split("."))
    opening = "[" if isinstance(columns, list) else "{"
    structure = json.dumps(json_structure(columns), separators=(",", ":")).replace("'", "''")
    inside = f"case when starts_with(ltrim(left({text}, 64)), '{opening}') then from_json({text}, '{structure}') end"
    return f'try({inside}) as "{name}"'
