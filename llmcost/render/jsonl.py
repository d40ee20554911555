"""One JSON object per row."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.render import Table
from llmcost.render.json import encode, records


def write(table: Table) -> Iterator[str]:
    """Write each row on a line of its own."""
    return (encode(record).decode() + "\n" for record in records(table))
