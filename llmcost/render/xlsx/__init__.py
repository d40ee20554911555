"""A workbook for spreadsheets: a sheet a table, with real numbers and dates, and one of notes on what they are of."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from llmcost.errors import UsageError
from llmcost.render import Sheet, Table
from llmcost.render.cell import sanitize_for_terminal
from llmcost.render.xlsx.cells import Book, is_rounded, number_format, text_of, width, write_cell
from llmcost.render.xlsx.notes import NOTES, notes, write_notes

# of a sheet: a head and a total stand among its rows
MOST_ROWS, MOST_COLUMNS = 1_048_576 - 2, 16_384
NAME_LENGTH, FORBIDDEN = 31, str.maketrans(dict.fromkeys("[]:*?/\\", " "))
# so many rows of a column say how wide it has to be
LOOKED_AT = 500


def to_bytes(table: Table) -> bytes:
    """Write one table, and what its envelope says."""
    return workbook([Sheet(table.title, table)], table.envelope)


def workbook(sheets: Sequence[Sheet], envelope: Mapping[str, Any]) -> bytes:
    """Write tables and, as the last sheet, notes. Raises UsageError for more rows or columns than a sheet has."""
    for sheet in sheets:
        if len(sheet.table.rows) > MOST_ROWS or len(sheet.table.columns) > MOST_COLUMNS:
            size = f"{len(sheet.table.rows):,} rows of {len(sheet.table.columns):,} columns"
            raise UsageError(f"xlsx: {size}, a sheet has {MOST_ROWS:,}", hint="--top N keeps fewer, -f csv has all")
    kept = io.BytesIO()
    # rows that are written are not kept in memory; what begins with = stays a text
    with xlsxwriter.Workbook(kept, {"constant_memory": True, "strings_to_formulas": False}) as file:
        book, names = Book(file), tab_names(sheets)
        for sheet, name in zip(sheets, names, strict=True):
            write_sheet(book, name, sheet.table)
        write_notes(book, notes(book, dict(zip(names, sheets, strict=True)), envelope))
    return kept.getvalue()


def tab_names(sheets: Sequence[Sheet]) -> list[str]:
    """Name tabs as Excel allows it: short, without some signs, and none twice."""
    names: list[str] = []
    for sheet in sheets:
        wanted = sanitize_for_terminal(sheet.name).translate(FORBIDDEN).strip(" '")[:NAME_LENGTH].strip(" '") or "Rows"
        name, number = wanted, 2
        while name.casefold() in {NOTES.casefold(), "history", *(other.casefold() for other in names)}:
            name, number = f"{wanted[: NAME_LENGTH - 4]} {number}", number + 1
        names.append(name)
    return names


def write_sheet(book: Book, name: str, table: Table) -> None:
    """Write the head, which stays in sight, the rows and, set apart, the totals."""
    sheet = book.file.add_worksheet(name)
    shown = [number_format(column, [row[at] for row in table.rows]) for at, column in enumerate(table.columns)]
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, width(column, [row[at] for row in table.rows[:LOOKED_AT]]))
        sheet.write_string(0, at, text_of(column), book.file.add_format({"bold": True, "bottom": 1}))
    for number, row in enumerate(table.rows, start=1):
        for at, value in enumerate(row):
            write_cell(book, sheet, (number, at), value, shown[at])
            if is_rounded(value):
                key = (name, table.columns[at])
                book.rounded[key] = book.rounded.get(key, 0) + 1
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if len(table.rows) > 1 and table.totals:
        cells = [table.totals.get(column) for column in table.columns]
        for at, value in enumerate(["total" if cells[0] is None else cells[0], *cells[1:]]):
            write_cell(book, sheet, (len(table.rows) + 1, at), value, shown[at], is_bold=True)
    sheet.freeze_panes(1, 1)
