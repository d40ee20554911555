"""Parquet: columns typed by their values, nothing rounded; the envelope stands in the schema under "llmcost"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from llmcost.render import Table
from llmcost.render.cell import plain
from llmcost.render.json import encode
from llmcost.render.money import exact

DIGITS = 38  # of a decimal, everywhere
USD = pa.decimal128(DIGITS, 21)
TIME = pa.timestamp("us", tz="UTC")
# what a column without a value is, by the end of its name
SUFFIXES = {
    "_usd": USD,
    "_tokens": pa.int64(),
    "requests": pa.int64(),
    "_share": pa.float64(),
    "_ms": pa.float64(),
    "_at": TIME,
}
SCALARS = {bool: pa.bool_(), float: pa.float64(), datetime: TIME, date: pa.date32(), bytes: pa.binary()}


def to_bytes(table: Table) -> bytes:
    """Write the whole table as one Parquet file."""
    columns = [array(name, [row[at] for row in table.rows]) for at, name in enumerate(table.columns)]
    about = {**table.envelope} | ({"totals": table.totals} if table.totals else {})
    fields = [pa.field(name, column.type) for name, column in zip(table.columns, columns, strict=True)]
    schema = pa.schema(fields, metadata={"llmcost": encode(about)})
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def array(name: str, values: Sequence[Any]) -> Any:
    """Make a column of the narrowest type that holds every value as it is."""
    type = type_of(name, [value for value in values if value is not None])
    return pa.array([fitted(value, type) for value in values], type)


def type_of(name: str, known: Sequence[Any]) -> Any:
    """Choose a type for values, none of them None; text where they have nothing else in common."""
    kinds = {kind(value) for value in known}
    if not kinds:
        return named(name)
    if kinds <= {int, float, Decimal}:
        return number(named(name), kinds, known)
    if kinds == {list}:
        return pa.list_(type_of("", [item for value in known for item in value if item is not None]))
    if kinds == {dict}:
        return structure(known)
    return SCALARS.get(kinds.pop(), pa.string()) if len(kinds) == 1 else pa.string()


def kind(value: Any) -> type:
    """Name the class of a value, a parent's for its children."""
    for parent in (bool, int, float, Decimal, datetime, date, bytes, dict):
        if isinstance(value, parent):
            return parent
    return list if isinstance(value, list | tuple) else str


def named(name: str) -> Any:
    """Give the type that a column's suffix promises, else text."""
    return next((type for suffix, type in SUFFIXES.items() if name.endswith(suffix)), pa.string())


def number(promised: Any, kinds: set[type], known: Sequence[Any]) -> Any:
    """Choose a type for numbers: what the suffix promises where it holds them, whole, exact or binary."""
    if float in kinds or promised == pa.float64():
        if all(is_binary(value) for value in known):
            return pa.float64()
        return pa.string() if float in kinds else decimal(promised, known)
    return decimal(promised, known) if Decimal in kinds or promised == USD else whole(known)


def is_binary(value: Any) -> bool:
    """Tell whether a binary fraction is this very number; NaN is one, too."""
    try:
        return bool(float(value) == value or value != value)
    except OverflowError:
        return False


def whole(known: Sequence[int]) -> Any:
    """Choose a type for whole numbers: 64 bits, without a sign for hashes, or as many digits as there are."""
    least, most = min(known), max(known)
    if least >= -(2**63) and most < 2**63:
        return pa.int64()
    return pa.uint64() if least >= 0 and most < 2**64 else decimal(None, known)


def decimal(promised: Any, known: Sequence[Any]) -> Any:
    """Choose a decimal that rounds none of them; text where 38 digits are too few."""
    if not all(Decimal(value).is_finite() for value in known):
        return pa.string()
    parts = [exact(Decimal(value)).lstrip("-").partition(".") for value in known]
    before = max(len(digits.lstrip("0")) for digits, _, _ in parts)
    after = max(len(digits) for _, _, digits in parts)
    if promised == USD and before <= DIGITS - USD.scale and after <= USD.scale:
        return USD
    return pa.decimal128(DIGITS, after) if before + after <= DIGITS else pa.string()


def structure(known: Sequence[dict[str, Any]]) -> Any:
    """Choose a struct with every field of any of them; text where there is none, Parquet knows no empty one."""
    names = list(dict.fromkeys(name for value in known for name in value))
    if not names:
        return pa.string()
    found = {name: [value[name] for value in known if value.get(name) is not None] for name in names}
    return pa.struct([pa.field(str(name), type_of(str(name), values)) for name, values in found.items()])


def fitted(value: Any, type: Any) -> Any:
    """Turn a value into what Arrow takes for a type, without losing anything of it."""
    if value is None:
        return None
    if pa.types.is_string(type):
        return encode(value).decode() if isinstance(value, dict | list | tuple) else plain(value)
    if pa.types.is_decimal(type):
        return Decimal(exact(Decimal(value)))
    if pa.types.is_list(type):
        return [fitted(item, type.value_type) for item in value]
    if pa.types.is_struct(type):
        return {str(name): fitted(inner, type.field(str(name)).type) for name, inner in value.items()}
    return float(value) if pa.types.is_floating(type) else value
