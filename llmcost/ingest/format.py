"""A format: how to recognise its records, which of their fields to read, and the query that makes requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from llmcost.shelf import read_shelf

# What a leaf of `columns` is read as. Token counts are read as text: only text tells 12.5 and true from 12.
LEAF_TYPES = {
    "text": "VARCHAR",
    "tokens": "VARCHAR",
    "number": "DOUBLE",
    "flag": "VARCHAR",
    "json": "VARCHAR",
    "texts": "VARCHAR[]",
}
Columns = dict[str, Any]
Record = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """One file of the shelf ingest/formats.

    `recognise` lists alternatives: a record is this format's if it has all keys of one of them, with the value where
    one is given. `columns` is the part of a record that is read: key -> kind of leaf, or a nested mapping.
    """

    name: str
    query: str
    title: str
    answers: str
    source: str
    recognise: list[dict[str, Any]]
    required: list[str]
    columns: Columns

    def claims(self, record: Record) -> int:
        """Count the keys of the longest alternative that the record fulfils; 0 if none."""
        return max((len(marks) for marks in self.recognise if fulfils(record, marks)), default=0)

    def duckdb_columns(self, time_type: str) -> str:
        """Write `columns` as the argument of DuckDB's read_ndjson; times are DOUBLE or VARCHAR."""
        pairs = (f"{key_literal(k)}: '{duckdb_type(kind, time_type)}'" for k, kind in self.columns.items())
        return "{" + ", ".join(pairs) + "}"


@cache
def formats() -> dict[str, Format]:
    """Read the shelf of formats by name."""
    return read_shelf(resources.files("llmcost.ingest") / "formats", Format)


def fulfils(record: Record, marks: dict[str, Any]) -> bool:
    """Tell whether a record has every key of `marks`, with its value where it has one."""
    return all(key in record and value in (None, record[key]) for key, value in marks.items())


def duckdb_type(kind: str | Columns, time_type: str) -> str:
    """Translate a kind of leaf, or a nested mapping of them, into a DuckDB type."""
    if isinstance(kind, dict):
        fields = (f'"{key}" {duckdb_type(inner, time_type)}' for key, inner in kind.items())
        return f"STRUCT({', '.join(fields)})"
    return time_type if kind == "time" else LEAF_TYPES[kind]


def key_literal(key: str) -> str:
    """Quote a key of the columns argument."""
    return '"' + key + '"'
