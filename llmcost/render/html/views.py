"""What the template gets of a section: texts ready to read, beside the values that sorting goes by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from llmcost.counts import counted
from llmcost.render import Section, Table
from llmcost.render.cell import heading, humanize, is_drawing, is_number
from llmcost.render.html.bounds import MOST_NAME
from llmcost.render.html.figures import FigureView, figure_view
from llmcost.render.style import Write, writers

Writers = dict[str, Write]
# of a column: where a name of it leads
Links = Mapping[str, Callable[[str], str]]
# so many rows are seen at once; a table with more than MANY gets a filter
FIRST_ROWS = 50
MANY = 12
# what stands for the groups that are not shown one by one
OTHERS = re.compile(r"other \([0-9]+\)")
# names, dates and words up to this length are not broken
SHORT = 24


@dataclass(frozen=True)
class Column:
    """A column of the table: its name, its heading, and how its cells look."""

    name: str
    heading: str
    is_number: bool
    is_drawing: bool
    is_short: bool

    @property
    def look(self) -> str:
        """Name the classes of its cells."""
        looks = {"number": self.is_number, "drawing": self.is_drawing, "short": self.is_short}
        return " ".join(name for name, has_it in looks.items() if has_it)


@dataclass(frozen=True)
class Cell:
    """A cell's text; `says` tells in words what is drawn, `address` where the text leads."""

    text: str
    says: str = ""
    address: str = ""


@dataclass(frozen=True)
class Row:
    """A row's cells, and the sentences that stand under it by their headings."""

    cells: tuple[Cell, ...]
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SectionView:
    """A section as the template writes it; `data` is what sorting goes by."""

    id: str
    section: Section
    figures: tuple[FigureView, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Cell, ...]
    data: dict[str, Any]

    @property
    def is_long(self) -> bool:
        """Whether a filter helps."""
        return len(self.rows) > MANY

    @property
    def count(self) -> str:
        """Say how many rows there are."""
        return counted(len(self.rows), "row")

    @property
    def sentence_names(self) -> str:
        """Name what stands under the rows."""
        *first, last = (heading(column) for column in self.section.table.below)
        return f"{', '.join(first)} and {last}".capitalize() if first else last.capitalize()


def section_view(section: Section, number: int, links: Links) -> SectionView:
    """Prepare a section; its number keeps its id apart from those of sections of the same name.

    Where names lead somewhere the page is another from moment to moment, and the sections' names are all others.
    """
    table, id = section.table, slug(section.name) if links else f"{slug(section.name)}-{number}"
    write_as = writers(table)
    places = [at for at, column in enumerate(table.columns) if column not in table.below]
    columns = tuple(column_view(table, at, write_as) for at in places)
    return SectionView(
        id=id,
        section=section,
        figures=tuple(figure_view(figure, f"{id}-figure-{at}") for at, figure in enumerate(section.figures, 1)),
        columns=columns,
        rows=tuple(linked(row_view(table, row, places, write_as), table, row, links) for row in table.rows),
        totals=totals(table, columns, write_as),
        data={
            "id": id,
            "columns": [column.name for column in columns],
            "rows": [[row[at] for at in places] for row in table.rows],
            "totals": table.totals,
        },
    )


def column_view(table: Table, at: int, write_as: Writers) -> Column:
    """Look at a column's values for what its cells need."""
    name = table.columns[at]
    longest = max((len(write_as[name](row[at])) for row in table.rows), default=0)
    drawing = is_drawing(table.rows, at)
    return Column(name, titled(name), is_number(name, table.rows, at), drawing, longest <= SHORT or drawing)


def row_view(table: Table, row: tuple[Any, ...], places: list[int], write_as: Writers) -> Row:
    """Write a row's cells, and under their headings the sentences that it has."""
    cells = tuple(cell(write_as[table.columns[at]], row[at]) for at in places)
    named = ((column, row[table.columns.index(column)]) for column in table.below)
    return Row(cells, tuple((titled(c), humanize(c, v)) for c, v in named))


def linked(view: Row, table: Table, row: tuple[Any, ...], links: Links) -> Row:
    """Let the names of a row lead somewhere, but for what was shortened and what stands for several."""
    if not links:
        return view
    names = [column for column in table.columns if column not in table.below]
    values = [row[table.columns.index(column)] for column in names]
    leads = [
        links[name](value)
        if name in links and isinstance(value, str) and len(value) <= MOST_NAME and not OTHERS.fullmatch(value)
        else ""
        for name, value in zip(names, values, strict=True)
    ]
    return replace(view, cells=tuple(replace(one, address=to) for one, to in zip(view.cells, leads, strict=True)))


def cell(write_as: Write, value: Any) -> Cell:
    """Write a cell; for those who cannot see a drawn series, its ends are written."""
    known = [number for number in value if number is not None] if isinstance(value, tuple) else []
    says = f"{counted(len(known), 'value')}, {min(known):,.6g} to {max(known):,.6g}" if known else ""
    return Cell(write_as(value), says)


def totals(table: Table, columns: tuple[Column, ...], write_as: Writers) -> tuple[Cell, ...]:
    """Write the last row; one row is its own total."""
    if len(table.rows) < 2 or not table.totals:
        return ()
    cells = [cell(write_as[c.name], table.totals[c.name]) if c.name in table.totals else Cell("") for c in columns]
    return (Cell("Total"), *cells[1:]) if cells[0] == Cell("") else tuple(cells)


def titled(column: str) -> str:
    """Write a column's heading with a capital."""
    words = heading(column)
    return words[:1].upper() + words[1:]


def slug(name: str) -> str:
    """Make a name fit for an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "section"
