"""How much a page holds, whatever the logs hold: so many rows, and so much of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from llmcost.render import Figure, Section, Table
from llmcost.render.cell import sanitize_for_terminal, shortened

# of a table; a wide one has fewer, and every one has some
MOST_ROWS, LEAST_ROWS, MOST_CELLS = 1000, 50, 20_000
# names of a cell, and sentences elsewhere
MOST_NAME, MOST_TEXT = 160, 1000


def bounded(section: Section) -> Section:
    """Cut a section's texts and rows, and say so; charts choose what they draw of the rows themselves."""
    table, most = section.table, most_rows(section.table)
    cut = replace(table, rows=short_rows(table, table.rows[:most]))
    figures = tuple(replace(each, table=names_cut(each)) for each in section.figures)
    count = len(table.rows)
    lines = (f"rows: the first {most:,} of {count:,}; -f csv has all",) if count > most else ()
    return replace(section, table=cut, figures=figures, notes=(*section.notes, *lines))


def most_rows(table: Table) -> int:
    """Say how many rows of a table there is room for."""
    return max(LEAST_ROWS, min(MOST_ROWS, MOST_CELLS // max(len(table.columns), 1)))


def names_cut(figure: Figure) -> Table:
    """Cut the texts of a figure's table."""
    return replace(figure.table, rows=short_rows(figure.table, figure.table.rows))


def short_rows(table: Table, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Cut the texts of rows."""
    lengths = [MOST_TEXT if column in table.below else MOST_NAME for column in table.columns]
    return [tuple(short(value, most) for value, most in zip(row, lengths, strict=True)) for row in rows]


def short(value: Any, most: int) -> Any:
    """Cut a value that is a text; series of numbers and numbers stay."""
    return shortened(value, most) if isinstance(value, str) else value


def shown(value: Any) -> Any:
    """Write whatever text the template is given so that it is printable and not endless; markup stays."""
    return sanitize_for_terminal(shortened(value, MOST_TEXT)) if type(value) is str else value
