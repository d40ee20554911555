"""The sheet of notes: what the other sheets are of, what of their amounts is rounded, what their totals are exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from llmcost.render import Sheet
from llmcost.render.cell import plain
from llmcost.render.money import exact
from llmcost.render.xlsx.cells import DIGITS, Book, text_of

NOTES = "Notes"
WIDTHS = 28, 110


def write_notes(book: Book, lines: Iterator[tuple[str, Any]]) -> None:
    """Write what there is to know of the other sheets."""
    sheet = book.file.add_worksheet(NOTES)
    wrapped = book.file.add_format({"text_wrap": True, "valign": "top"})
    for at, wide in enumerate(WIDTHS):
        sheet.set_column(at, at, wide)
    for number, line in enumerate(lines):
        for at, value in enumerate(line):
            sheet.write_string(number, at, text_of(value), wrapped)
    sheet.freeze_panes(0, 1)


def notes(book: Book, sheets: Mapping[str, Sheet], envelope: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Say what the tables are of, what of their amounts is rounded, and what their totals are exactly."""
    yield from facts(envelope)
    for name, sheet in sheets.items():
        yield from ((name, sentence) for sentence in sheet.says)
    yield "times", "UTC, unless a column names a zone; lengths of time (_ms) are milliseconds"
    yield "amounts", f"US dollars; a cell holds {DIGITS} digits of a number, -f csv and -f json have all"
    for (name, column), count in book.rounded.items():
        yield f"rounded: {name}", f"{column}: {count:,} of {len(sheets[name].table.rows):,} have more digits than that"
    for name, sheet in sheets.items():
        for column, value in sheet.table.totals.items():
            if isinstance(value, Decimal):
                yield f"exact total: {name}", f"{column}: {exact(value)}"


def facts(said: Mapping[str, Any], of: str = "") -> Iterator[tuple[str, Any]]:
    """Write an envelope as lines; what is deeper than a list of plain values is for other formats."""
    for key, value in said.items():
        name = f"{of} {key}".strip().replace("_", " ")
        if isinstance(value, Mapping):
            yield from facts(value, name)
        elif isinstance(value, list | tuple):
            for item in value:
                if isinstance(item, Mapping) and not any(isinstance(v, Mapping | list | tuple) for v in item.values()):
                    yield name, ", ".join(f"{word} {plain(v)}" for word, v in item.items() if v is not None)
        elif key != "schema_version" and value is not None:
            yield name, value
