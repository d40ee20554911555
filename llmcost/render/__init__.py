"""One small file per output. A column's suffix is its unit, so no renderer knows any report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from llmcost.errors import UsageError

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "md")


@dataclass(frozen=True)
class Table:
    """What a renderer gets: columns, rows, totals by column, and what the JSON envelope says besides.

    `gives_way` names the columns that a narrow terminal leaves out, the first of them first; without it that is
    decided by their totals. `below` names columns of whole sentences, which the terminal's table writes under itself.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    totals: dict[str, Any]
    envelope: dict[str, Any]
    gives_way: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


def render(table: Table, format: str, *, width: int | None = None, color: bool = False) -> Iterator[str]:
    """Write a table in one of FORMATS, piece by piece, line ends included.

    `width` and `color` are for the terminal's table alone; without a width it is as wide as it needs.
    """
    if format not in FORMATS:
        raise UsageError(f"{format}: no such output format", hint=f"one of {', '.join(FORMATS)}")
    module = import_module(f"llmcost.render.{ {'csv': 'delimited', 'tsv': 'delimited'}.get(format, format) }")
    if format == "table":
        yield from module.write(table, width, color)
    elif format in ("csv", "tsv"):
        yield from module.write(table, "," if format == "csv" else "\t")
    else:
        yield from module.write(table)
