"""A table as lines of text: cells in columns of a given width, a rule below the headings, the total apart."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

GAP = "   "
# the codes of the terminal that the words for styles stand for, see ECMA-48
CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True)
class Column:
    """A column of text: what does not fit `width`, in cells of a terminal, is cut, or is folded into more lines."""

    heading: str
    width: int
    is_right: bool = False
    is_folded: bool = False
    style: str = ""


@dataclass(frozen=True)
class Cell:
    """Text, and the words for its style."""

    text: str
    style: str = ""


def draw(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], total: Sequence[Cell] | None, color: bool
) -> Iterator[str]:
    """Give the lines of a table, each without its end; `total` is the last row, if there is one."""
    yield ""
    yield from drawn(columns, [Cell(column.heading) for column in columns], "bold", color)
    yield " " + "─" * (sum(column.width for column in columns) + len(GAP) * (len(columns) - 1))
    for row in rows:
        yield from drawn(columns, row, "", color)
    if total:
        yield ""
        yield from drawn(columns, total, "bold", color)
    yield ""


def drawn(columns: Sequence[Column], row: Sequence[Cell], style: str, color: bool) -> Iterator[str]:
    """Give the lines of a row; the columns' own styles are of its cells, not of headings."""
    folded = [fold(column, cell.text) for column, cell in zip(columns, row, strict=True)]
    styles = [
        f"{style} {cell.style or (column.style if not style else '')}"
        for column, cell in zip(columns, row, strict=True)
    ]
    for line in zip_longest(*folded, fillvalue=""):
        texts = (
            written(column, text, of_cell if color else "")
            for column, text, of_cell in zip(columns, line, styles, strict=True)
        )
        yield (" " + GAP.join(texts)).rstrip()


def fold(column: Column, text: str) -> list[str]:
    """Cut a text for its column, or fold it at its words."""
    if cell_len(text) <= column.width:
        return [text]
    if column.is_folded:
        return textwrap.wrap(text, column.width, break_on_hyphens=False)
    return [set_cell_size(text, column.width - 1) + "…"]


def written(column: Column, text: str, style: str) -> str:
    """Write a text at its side of the column, in its style."""
    room = " " * (column.width - cell_len(text))
    codes = ";".join(CODES[word] for word in style.split())
    shown = f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text
    return room + shown if column.is_right else shown + room
