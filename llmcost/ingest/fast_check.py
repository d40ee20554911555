"""A quick look at a line: is it beyond doubt a record of its format? Most are, and need no closer look.

What fits here is a part of what sieve.py lets through: the kinds of leaves are compiled types.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from llmcost.ingest.format import Columns, Format, formats
from llmcost.ingest.json_text import NotJson, decode

COUNT = Annotated[int, Meta(ge=0, lt=10**18)] | Annotated[str, Meta(pattern=r"^\d{1,18}$")] | None
SECONDS = Annotated[float, Meta(ge=1_420_070_400, lt=4_102_444_800)]
ISO = Annotated[str, Meta(pattern=r"^20[2-8]\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d")]
TYPES: dict[str, Any] = {
    "text": Any,
    "json": Any,
    "content": Any,
    "tokens": COUNT,
    "number": float | None,
    "flag": bool | None,
    "time": SECONDS | ISO | None,
    "texts": list[Any] | None,
    "map": dict[str, Any] | None,
    "token_map": dict[str, COUNT] | None,
}
CHECKED = {"tokens", "token_map", "time", "flag"}


def fits(line: bytes, format: Format) -> bool:
    """Tell whether a line is beyond doubt a record of the format; False says nothing."""
    decoder = decoder_of(format.name) if formats().get(format.name) is format else None
    if decoder is None:
        return False
    try:
        record = decoder.decode(line)
        decode(line)
    except (msgspec.DecodeError, NotJson, UnicodeDecodeError, RecursionError):
        return False
    return all(getattr(record, field_name(at)) is not None for at in required_places(format.name))


@cache
def decoder_of(name: str) -> msgspec.json.Decoder[Any] | None:
    """Compile a format's columns; None where what stands inside its texts must be checked too."""
    format = formats()[name]
    if any(CHECKED & kinds(inside["columns"]) for inside in format.parsed.values()):
        return None
    return msgspec.json.Decoder(type_of(format.columns))


@cache
def required_places(name: str) -> tuple[int, ...]:
    """Tell where among the columns the required ones are."""
    keys = list(formats()[name].columns)
    return tuple(keys.index(key) for key in formats()[name].required)


def type_of(columns: Columns) -> Any:
    """Compile a kind, a nested mapping or a list of one into a type."""
    if isinstance(columns, str):
        return TYPES[columns]
    if isinstance(columns, list):
        return list[type_of(columns[0])] | None  # type: ignore[misc]
    fields = [(field_name(at), optional(type_of(inner)), None) for at, inner in enumerate(columns.values())]
    names = {field_name(at): key for at, key in enumerate(columns)}
    return msgspec.defstruct("Record", fields, rename=names)


def field_name(at: int) -> str:
    """Name a field by its place: keys of logs are not identifiers."""
    return f"f{at}"


def optional(kind: Any) -> Any:
    """Let a value be null."""
    return kind if kind is Any else kind | None


def kinds(columns: Columns) -> set[str]:
    """Collect the kinds of all leaves."""
    if isinstance(columns, str):
        return {columns}
    inner = columns if isinstance(columns, list) else columns.values()
    return {kind for item in inner for kind in kinds(item)}
