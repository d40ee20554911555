"""The terminal's table: fits the width, never breaks a number, readable without colour."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from llmcost.render import DISTRIBUTION, Table
from llmcost.render.cell import bar, for_people, heading, is_drawing, is_number, legible, plain

# What gives way first where the terminal is narrow; the columns that were asked for never do.
LAST_TO_STAY = ("cost_usd", "requests", "input_tokens", "output_tokens", "cost_share", "cost_per_request_usd")
# A name may be cut to this; a number never.
MIN_TEXT_WIDTH = 24
# and to this where there is no room otherwise
LEAST_TEXT_WIDTH = 8
# Sentences, unlike names, may run over several lines.
PROSE = {"note": 16, "advice": 16, "detail": 16}
GAP = 3
BAR = "bar"
MAX_BAR = 40
STYLES = {
    **dict.fromkeys(("saving_usd", "cache_saved_usd", "gateway_saved_usd"), "green"),
    **dict.fromkeys(("errors", "error_share", "failed_cost_usd"), "red"),
    **dict.fromkeys(("trend", DISTRIBUTION, BAR), "cyan"),
}
ATTENTION = {"100 %": "bold red", "80 %": "yellow", "will exceed": "yellow", "ok": "green"}
NO_LIMIT = 100_000
SENTENCE_WIDTH = 100
# of so many rows, the first, the sentences are written
SENTENCES = 10


def write(table: Table, width: int | None, color: bool) -> Iterator[str]:
    """Draw the table; with no width it takes the room it needs, as for a pipe."""
    if not table.rows:
        yield "no rows\n"
        return
    table = with_drawings(table, width)
    shown = fitting(table, width) if width else without_sentences(table)
    right = {c: is_number(c, table.rows, table.columns.index(c)) for c in shown}
    widths = allotted(table, shown, width)
    drawn = RichTable(
        *(column(c, right[c], widths[c]) for c in shown),
        box=box.SIMPLE_HEAD,
        show_footer=False,
        pad_edge=False,
    )
    for number, row in enumerate(table.rows, start=1):
        cells = dict(zip(table.columns, row, strict=True))
        drawn.add_row(*(cell(c, cells[c]) for c in shown), end_section=number == len(table.rows))
    if len(table.rows) > 1 and any(c in table.totals for c in shown):
        drawn.add_row(*totals(table, shown), style="bold")
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=width or 10_000, force_terminal=color, color_system="standard" if color else None
    )
    console.print(drawn)
    yield "\n".join(line.rstrip() for line in buffer.getvalue().strip("\n").splitlines()) + "\n"
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
    gives_way = tuple(name for name in table.gives_way if name != table.bar)
    return replace(table, columns=columns, rows=rows, gives_way=gives_way)


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


def cell(column: str, value: Any) -> Text:
    """Write a cell; what wants attention is coloured, and says so in words as well."""
    text = for_people(column, value)
    return Text(text, style=ATTENTION.get(text, "") if column == "mark" else "")


def sentences(table: Table, width: int) -> Iterator[str]:
    """Write the columns that stand below the table, for its first rows, each sentence in the width."""
    places = {column: table.columns.index(column) for column in table.below}
    for row in table.rows[:SENTENCES] if places else ():
        named = [legible(plain(row[at])) for at in names_of(table) if row[at] is not None]
        yield "\n" + " · ".join(named) + "\n"
        for column, at in places.items():
            if row[at]:
                indent = " " * 12
                lead = f"  {heading(column):<10}"
                yield (
                    textwrap.fill(legible(plain(row[at])), width, initial_indent=lead, subsequent_indent=indent) + "\n"
                )
    if places and len(table.rows) > SENTENCES:
        yield f"\n... and {len(table.rows) - SENTENCES} more; -f json has all\n"


def names_of(table: Table) -> list[int]:
    """Find the columns that tell whose a row is: those before its first number, or else all texts."""
    numbers = [at for at, name in enumerate(table.columns) if is_number(name, table.rows, at)]
    names = range(min(numbers, default=len(table.columns))) or range(len(table.columns))
    return [at for at in names if at not in numbers and table.columns[at] not in table.below]


def column(name: str, is_right: bool, width: int) -> Column:
    """Make a column; only names may be cut, and a cut is shown."""
    return Column(
        "" if name == BAR else heading(name),
        justify="right" if is_right else "left",
        no_wrap=name not in PROSE,
        overflow="fold" if name in PROSE else "ellipsis",
        width=width,
        style=STYLES.get(name, ""),
    )


def totals(table: Table, shown: list[str]) -> list[str]:
    """Write the last row."""
    cells = [for_people(c, table.totals[c]) if c in table.totals else "" for c in shown]
    return ["total", *cells[1:]] if cells[0] == "" else cells


def without_sentences(table: Table) -> list[str]:
    """List the columns of the table itself."""
    return [column for column in table.columns if column not in table.below]


def fitting(table: Table, width: int) -> list[str]:
    """Leave out columns, the least important first, until the numbers fit beside short names."""
    shown = without_sentences(table)
    dropping = [c for c in table.gives_way if c in shown]
    # of columns that somebody chose, names are cut before any is left out
    if not table.gives_way and not table.is_chosen:
        dropping = [c for c in shown if c in table.totals and c not in LAST_TO_STAY]
        dropping += [c for c in reversed(LAST_TO_STAY[1:]) if c in shown]
    # what nobody knows is missed least
    dropping.sort(key=lambda c: any(row[table.columns.index(c)] is not None for row in table.rows))
    while needed(table, shown) > width and dropping:
        shown.remove(dropping.pop(0))
    # the first column says whose the numbers are
    dropping = [c for c in reversed(shown[1:]) if c not in dropping]
    while needed(table, shown, LEAST_TEXT_WIDTH) > width and dropping:
        shown.remove(dropping.pop(0))
    return shown


def left_out(table: Table, width: int) -> list[str]:
    """Name the columns that there is no room for."""
    if not table.rows:
        return []
    table = with_drawings(table, width)
    shown = fitting(table, width)
    return [name for name in without_sentences(table) if name not in shown and name != BAR]


def allotted(table: Table, shown: list[str], width: int | None) -> dict[str, int]:
    """Give every column its least width, and the names what room is left, first come first served."""
    is_tight = width is not None and needed(table, shown) > width
    widths = {c: column_width(table, c, LEAST_TEXT_WIDTH if is_tight else MIN_TEXT_WIDTH) for c in shown}
    spare = (width or NO_LIMIT) - sum(w + GAP for w in widths.values())
    for name in shown:
        more = min(max(spare, 0), longest(table, name) - widths[name])
        widths[name] += more
        spare -= more
    return widths


def needed(table: Table, shown: list[str], text: int = MIN_TEXT_WIDTH) -> int:
    """Measure the least width: numbers whole, names cut to `text` characters."""
    return sum(column_width(table, c, text) + GAP for c in shown)


def column_width(table: Table, name: str, text: int = MIN_TEXT_WIDTH) -> int:
    """Measure a column's least width."""
    at = table.columns.index(name)
    is_whole = is_number(name, table.rows, at) or is_drawing(table.rows, at)
    full = longest(table, name)
    return full if is_whole or name == BAR else min(full, PROSE.get(name, text))


def longest(table: Table, name: str) -> int:
    """Measure a column's longest cell."""
    at = table.columns.index(name)
    texts = [for_people(name, row[at]) for row in table.rows] + ([] if name == BAR else [heading(name)])
    if name in table.totals:
        texts.append(for_people(name, table.totals[name]))
    return max((len(text) for text in texts), default=0)
