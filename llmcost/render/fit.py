"""Which columns of a table fit a width, and how wide each is: numbers whole, names cut where there is no room."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from llmcost.render import Table
from llmcost.render.cell import heading, is_drawing, is_number
from llmcost.render.style import Write, writers

# What gives way first where the terminal is narrow; the columns that were asked for never do.
LAST_TO_STAY = ("cost_usd", "requests", "input_tokens", "output_tokens", "cost_share", "cost_per_request_usd")
# A name may be cut to this; a number never.
MIN_TEXT_WIDTH = 24
# and to this where there is no room otherwise
LEAST_TEXT_WIDTH = 8
# Sentences, unlike names, may run over several lines.
PROSE = {"note": 16, "advice": 16, "detail": 16, "verdict": 16, "cause": 12}
GAP = 3
BAR = "bar"
NO_LIMIT = 100_000


@dataclass(frozen=True)
class Texts:
    """A column as it is written: its cells, its total, and whether it holds numbers, or is never cut."""

    cells: tuple[str, ...]
    total: str | None
    is_number: bool
    is_whole: bool
    longest: int


def texts_of(table: Table) -> dict[str, Texts]:
    """Write the columns of a table, the numbers of each in one style."""
    return {name: texts_in(table, at, write) for at, (name, write) in enumerate(writers(table).items())}


def texts_in(table: Table, at: int, write: Write) -> Texts:
    """Write one column."""
    name, is_numeric = table.columns[at], is_number(table.columns[at], table.rows, at)
    cells = tuple(write(row[at]) for row in table.rows)
    total = write(table.totals[name]) if name in table.totals else None
    texts = (*cells, total or "", "" if name == BAR else heading(name))
    is_whole = is_numeric or name == BAR or is_drawing(table.rows, at)
    return Texts(cells, total, is_numeric, is_whole, max(map(cell_len, texts)))


def fitting(table: Table, texts: dict[str, Texts], width: int) -> list[str]:
    """Leave out columns, the least important first, until the numbers fit beside short names."""
    shown = without_sentences(table)
    dropping = [c for c in table.hide_when_narrow if c in shown]
    # of columns that somebody chose, names are cut before any is left out
    if not table.hide_when_narrow and not table.is_chosen:
        dropping = [c for c in shown if c in table.totals and c not in LAST_TO_STAY]
        dropping += [c for c in reversed(LAST_TO_STAY[1:]) if c in shown]
    # what nobody knows is missed least
    dropping.sort(key=lambda c: any(row[table.columns.index(c)] is not None for row in table.rows))
    while needed(texts, shown) > width and dropping:
        shown.remove(dropping.pop(0))
    # the first column says whose the numbers are
    dropping = [c for c in reversed(shown[1:]) if c not in dropping]
    while needed(texts, shown, LEAST_TEXT_WIDTH) > width and dropping:
        shown.remove(dropping.pop(0))
    return shown


def without_sentences(table: Table) -> list[str]:
    """List the columns of the table itself."""
    return [column for column in table.columns if column not in table.below]


def allotted(texts: dict[str, Texts], shown: list[str], width: int | None) -> dict[str, int]:
    """Give every column its least width, and the names what room is left, first come first served."""
    is_tight = width is not None and needed(texts, shown) > width
    widths = {c: column_width(texts, c, LEAST_TEXT_WIDTH if is_tight else MIN_TEXT_WIDTH) for c in shown}
    spare = (width or NO_LIMIT) - sum(w + GAP for w in widths.values())
    for name in shown:
        more = min(max(spare, 0), texts[name].longest - widths[name])
        widths[name] += more
        spare -= more
    return widths


def needed(texts: dict[str, Texts], shown: list[str], text: int = MIN_TEXT_WIDTH) -> int:
    """Measure the least width: numbers whole, names cut to `text` characters."""
    return sum(column_width(texts, c, text) + GAP for c in shown)


def column_width(texts: dict[str, Texts], name: str, text: int = MIN_TEXT_WIDTH) -> int:
    """Measure a column's least width."""
    full = texts[name].longest
    return full if texts[name].is_whole else min(full, PROSE.get(name, text))
