"""A quick look at a line: is it beyond doubt a record of its format? Most are, and need no closer look.

What fits here is a part of what sieve.py lets through: the kinds of leaves are compiled types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from llmcost.ingest.format import Columns, Format, formats

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
    "texts": list[Any] | None,
    "map": dict[str, Any] | None,
    "token_map": dict[str, COUNT] | None,
}
# by how the times of a file are read
TIMES: dict[str, Any] = {"DOUBLE": SECONDS | None, "VARCHAR": SECONDS | ISO | None}
ANYTHING = ("text", "json", "content")
CHECKED = {"tokens", "token_map", "time", "flag"}
Fits = Callable[[bytes], bool]


def fits_of(format: Format, time_type: str) -> Fits:
    """Give what tells whether a line is beyond doubt a record of the format; that it says no says nothing."""
    is_shipped = formats().get(format.name) is format
    return check_of(format.name, time_type).fits if is_shipped else never


def never(line: bytes) -> bool:
    """Tell nothing: what is in no shelf is not compiled."""
    return False


@dataclass(frozen=True)
class Inside:
    """JSON inside a text that must be checked too: where the text is in a record, and what it must be."""

    text_of: Callable[[Any], Any]
    type: Any
    decoder: msgspec.json.Decoder[Any]

    def check(self, record: Any) -> None:
        """Raise MsgspecError where what is inside is neither of its type nor no JSON at all."""
        try:
            text = self.text_of(record)
        except AttributeError:  # an object on the way that is null
            return
        if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
            self.decoder.decode(text)
        elif isinstance(text, dict | list):
            msgspec.convert(text, self.type)


@dataclass(frozen=True)
class Check:
    """A format's columns compiled: a decoder, the fields that must be there, and what must be checked inside texts."""

    decoder: msgspec.json.Decoder[Any]
    required: Callable[[Any], tuple[Any, ...]]
    inside: tuple[Inside, ...]

    def fits(self, line: bytes) -> bool:
        """Tell whether a line is beyond doubt a record of the format."""
        try:
            record = self.decoder.decode(line)
            if not line.isascii():
                line.decode()  # what the format does not read, the decoder has passed over
            if None in self.required(record):
                return False
            for inside in self.inside:
                inside.check(record)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        return True


@cache
def check_of(name: str, time_type: str) -> Check:
    """Compile what must be checked of a format's columns; all else is passed over."""
    format = formats()[name]
    parsed = [found for found in format.parsed.values() if CHECKED & kinds(found["columns"])]
    wanted = {*((key,) for key in format.required), *(tuple(found["from"].split(".")) for found in parsed)}
    columns = checked(format.columns, wanted)
    places = [place_of(columns, (key,)) for key in format.required]
    inside = (
        Inside(attrgetter(place_of(columns, tuple(found["from"].split(".")))), kind, msgspec.json.Decoder(kind))
        for found in parsed
        for kind in [type_of(found["columns"], TYPES | {"time": TIMES["VARCHAR"]})]
    )
    decoder = msgspec.json.Decoder(type_of(columns, TYPES | {"time": TIMES[time_type]}))
    return Check(decoder, values_of(places), tuple(inside))


def values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Give what takes the values of some fields of a record."""
    if len(names) < 2:  # of one an attrgetter gives no tuple
        return lambda record: tuple(getattr(record, name) for name in names)
    return attrgetter(*names)


def checked(columns: Columns, wanted: set[tuple[str, ...]], path: tuple[str, ...] = ()) -> Columns:
    """Leave out the columns that may hold anything, but those that are wanted."""
    if not isinstance(columns, dict):
        return columns
    inner = {key: checked(kind, wanted, (*path, key)) for key, kind in columns.items()}
    return {key: kind for key, kind in inner.items() if kind not in ANYTHING or (*path, key) in wanted}


def place_of(columns: Columns, path: tuple[str, ...]) -> str:
    """Tell by the names of fields where a leaf is."""
    names = []
    for key in path:
        names.append(field_name(list(columns).index(key)))
        columns = columns[key]
    return ".".join(names)


def type_of(columns: Columns, types: dict[str, Any]) -> Any:
    """Compile a kind, a nested mapping or a list of one into a type."""
    if isinstance(columns, str):
        return types[columns]
    if isinstance(columns, list):
        return list[type_of(columns[0], types)] | None  # type: ignore[misc]
    fields = [(field_name(at), optional(type_of(inner, types)), None) for at, inner in enumerate(columns.values())]
    names = {field_name(at): key for at, key in enumerate(columns)}
    return msgspec.defstruct("Record", fields, rename=names, gc=False)


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
