"""The envelope (what a table is of) and the rows, as one JSON document; Decimals are numbers with all their digits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from llmcost.render import Table
from llmcost.render.cell import plain
from llmcost.render.money import exact


def write(table: Table) -> Iterator[str]:
    """Write the whole table as one document."""
    document = {**table.envelope, "rows": list(records(table))} | ({"totals": table.totals} if table.totals else {})
    yield msgspec.json.format(encode(document), indent=2).decode() + "\n"


def records(table: Table) -> Iterator[dict[str, Any]]:
    """Turn rows into objects."""
    return (dict(zip(table.columns, row, strict=True)) for row in table.rows)


def encode(value: Any) -> bytes:
    """Encode to JSON without a detour over binary fractions."""
    return msgspec.json.encode(prepared(value))


def prepared(value: Any) -> Any:
    """Replace what JSON cannot say: Decimals by their exact digits, times by ISO 8601."""
    if isinstance(value, Decimal):
        return msgspec.Raw(exact(value).encode())
    if isinstance(value, datetime):
        return plain(value)
    if isinstance(value, dict):
        return {key: prepared(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [prepared(inner) for inner in value]
    return value
