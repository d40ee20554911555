"""The terminal's table: fits the width, never breaks a number, readable without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from llmcost.render import DISTRIBUTION, Table
from llmcost.render.cell import bar, heading, humanize, is_number, plain, sanitize_for_terminal
from llmcost.render.draw import Cell, Column, draw
from llmcost.render.fit import BAR, PROSE, Texts, allotted, fitting, texts_of, without_sentences

MAX_BAR = 40
# money and time by the sign of their number: what was saved, what was lost, and what has grown
SAVED = ("saving_usd", "saved_usd", "cache_saved_usd", "gateway_saved_usd", "saving_share")
LOST = ("errors", "error_share", "failed_cost_usd")
CHANGED = ("cost_change_usd", "cost_per_run_change_usd")
GAIN, LOSS = "green", "red"
DRAWINGS = ("trend", DISTRIBUTION, BAR)
ATTENTION = {"100 %": "bold red", "80 %": "yellow", "will exceed": "yellow", "ok": "green"}
SENTENCE_WIDTH = 100
# of so many rows, the first, the sentences are written
SENTENCES = 10


def write(table: Table, width: int | None, color: bool) -> Iterator[str]:
    """Draw the table; with no width it takes the room it needs, as for a pipe."""
    if not table.rows:
        yield "no rows\n"
        return
    table = with_drawings(table, width)
    texts = texts_of(table)
    shown = fitting(table, texts, width) if width else without_sentences(table)
    widths = allotted(texts, shown, width)
    columns = [column(name, texts[name].is_number, widths[name]) for name in shown]
    rows = [
        [
            Cell(texts[c].cells[number], style(c, cell))
            for c, cell in zip(table.columns, row, strict=True)
            if c in widths
        ]
        for number, row in enumerate(table.rows)
    ]
    has_totals = len(table.rows) > 1 and any(name in table.totals for name in shown)
    for line in draw(columns, rows, totals(table, texts, shown) if has_totals else None, color):
        yield f"{line}\n"
    yield from sentences(table, width or SENTENCE_WIDTH)


def with_drawings(table: Table, width: int | None) -> Table:
    """Put one cell in the place of a histogram's counts, and bars beside the measure that is to have them."""
    if table.histogram:
        table = with_distribution(table)
    columns, rows = table.columns, table.rows
    if table.bar:
        at = columns.index(table.bar)
        largest = max((float(row[at]) for row in rows if row[at] is not None), default=0.0)
        columns = (*columns, BAR)
        rows = [(*row, bar(row[at], largest, bar_width(width))) for row in rows]
    hide_when_narrow = tuple(name for name in table.hide_when_narrow if name != table.bar)
    return replace(table, columns=columns, rows=rows, hide_when_narrow=hide_when_narrow)


def with_distribution(table: Table) -> Table:
    """Put the counts of a histogram into one cell, where the first of them stands."""
    first = table.columns.index(table.histogram[0])
    counts = [table.columns.index(name) for name in table.histogram]
    others = [at for at in range(len(table.columns)) if at not in counts]
    before, after = [at for at in others if at < first], [at for at in others if at > first]

    def drawn(row: tuple[Any, ...], cell: Any) -> tuple[Any, ...]:
        return (*(row[at] for at in before), cell, *(row[at] for at in after))

    rows = [drawn(row, tuple(row[at] for at in counts)) for row in table.rows]
    return replace(table, columns=drawn(table.columns, DISTRIBUTION), rows=rows)


def bar_width(width: int | None) -> int:
    """Give bars a quarter of the terminal."""
    return min((width or SENTENCE_WIDTH) // 4, MAX_BAR)


def style(column: str, value: Any) -> str:
    """Colour what wants attention: money lost and failures red, money saved green; words and signs say it as well."""
    if column == "mark":
        return ATTENTION.get(str(value), "")
    if not isinstance(value, int | float | Decimal) or not value:
        return ""
    if column in SAVED:
        return GAIN if value > 0 else LOSS
    if column in CHANGED:
        return LOSS if value > 0 else ""
    return LOSS if column in LOST and value > 0 else ""


def sentences(table: Table, width: int) -> Iterator[str]:
    """Write the columns that stand below the table, for the first rows that have any, each sentence in the width."""
    places = {column: table.columns.index(column) for column in table.below}
    rows, names = [row for row in table.rows if any(row[at] for at in places.values())], names_of(table)
    for row in rows[:SENTENCES]:
        yield "\n" + " · ".join(named(table, row, names)) + "\n"
        for column, at in places.items():
            if row[at]:
                indent = " " * 12
                lead = f"  {heading(column):<10}"
                yield (
                    textwrap.fill(
                        sanitize_for_terminal(plain(row[at])), width, initial_indent=lead, subsequent_indent=indent
                    )
                    + "\n"
                )
    if len(rows) > SENTENCES:
        yield f"\n... and {len(rows) - SENTENCES} more; -f json has all\n"


def named(table: Table, row: tuple[Any, ...], names: list[int]) -> Iterator[str]:
    """Write what tells whose a row is; a time that is there twice tells it no better."""
    for place, at in enumerate(names):
        is_again = isinstance(row[at], datetime) and any(row[other] == row[at] for other in names[:place])
        if row[at] is not None and not is_again:
            yield humanize(table.columns[at], row[at])


def names_of(table: Table) -> list[int]:
    """Find the columns that tell whose a row is: those before its first number, or else all but what is yes or no."""
    numbers = [
        at
        for at, name in enumerate(table.columns)
        if is_number(name, table.rows, at) or any(isinstance(row[at], bool) for row in table.rows)
    ]
    names = range(min(numbers, default=len(table.columns))) or range(len(table.columns))
    return [at for at in names if at not in numbers and table.columns[at] not in table.below]


def column(name: str, is_right: bool, width: int) -> Column:
    """Make a column; only names may be cut, and a cut is shown."""
    drawing = "cyan" if name in DRAWINGS else ""
    return Column("" if name == BAR else heading(name), width, is_right, name in PROSE, drawing)


def totals(table: Table, texts: dict[str, Texts], shown: list[str]) -> list[Cell]:
    """Write the last row."""
    cells = [Cell(texts[c].total or "", style(c, table.totals.get(c))) for c in shown]
    return cells if cells[0].text else [Cell("total"), *cells[1:]]


def left_out(table: Table, width: int) -> list[str]:
    """Name the columns that there is no room for."""
    if not table.rows:
        return []
    table = with_drawings(table, width)
    shown = fitting(table, texts_of(table), width)
    return [name for name in without_sentences(table) if name not in shown and name != BAR]
