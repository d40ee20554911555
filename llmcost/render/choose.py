"""Which columns of a table are shown, and in which order its rows stand: one step, right before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from math import isnan
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing.nearest import nearest_hint
from llmcost.render import DISTRIBUTION, Table
from llmcost.render.cell import heading, plain

COLUMNS, SORT = "--columns", "--sort"
# of kinds that are not compared with one another
NUMBER, TIME, TEXT = range(3)


@dataclass(frozen=True)
class Choice:
    """What is asked of a table, as the command line says it: columns in their order, and columns to sort by.

    Each text holds one name or several with commas; one of `sort` begins with a minus where the largest come first.
    """

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.columns or self.sort)


def choose(table: Table, choice: Choice) -> Table:
    """Sort the rows, then keep the columns. Raises UsageError, with the nearest names, for a column that is not there.

    What is not known comes last, whichever way it is sorted, and after it the rows that the table says stay last.
    """
    return kept(in_order(table, choice.sort), choice.columns)


def has(table: Table, choice: Choice) -> bool:
    """Tell whether a table has all columns that are asked for."""
    try:
        return [choose(replace(table, rows=()), choice)] != []
    except UsageError:
        return False


def in_order(table: Table, sort: Sequence[str]) -> Table:
    """Sort by columns, the first one named before the others; rows that are alike keep their order."""
    rows = [row for row in table.rows if not stays_last(table, row)]
    ending = [row for row in table.rows if stays_last(table, row)]
    for column, is_descending in reversed(list(sort_columns(table, sort))):
        at = table.columns.index(column)
        known = [row for row in rows if is_known(row[at])]
        unknown = [row for row in rows if not is_known(row[at])]
        rows = [*sorted(known, key=partial(rank, at), reverse=is_descending), *unknown]
    return replace(table, rows=[*rows, *ending]) if sort else table


def sort_columns(table: Table, sort: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Read `-cost,model`: each column, and whether its largest come first."""
    for text in texts(table, sort, SORT):
        is_descending = text.startswith("-") and text not in table.columns
        name = text[1:].strip() if is_descending else text.removeprefix("+")
        for column in named(table, name, SORT)[:1]:
            yield column, is_descending


def kept(table: Table, columns: Sequence[str]) -> Table:
    """Keep the columns that are named, in this order, with what hangs on them."""
    if not columns:
        return table
    found = [named(table, text, COLUMNS) for text in texts(table, columns, COLUMNS)]
    chosen = tuple(dict.fromkeys(column for names in found for column in names))
    drawn = table.histogram if any(names == table.histogram for names in found) else ()
    places = [table.columns.index(column) for column in chosen]
    below = tuple(column for column in table.below if column in chosen)
    return replace(
        table,
        columns=chosen,
        rows=[tuple(row[at] for at in places) for row in table.rows],
        totals={name: value for name, value in table.totals.items() if name in chosen or name not in table.columns},
        hide_when_narrow=(),
        # nothing would stand above them
        below=() if set(below) == set(chosen) else below,
        histogram=drawn,
        bar=table.bar if table.bar in chosen else "",
        is_chosen=True,
    )


def texts(table: Table, given: Sequence[str], option: str) -> list[str]:
    """Split lists at their commas, unless a column is called so. Raises UsageError where nothing is named."""
    whole = {text for text in given if text.strip().removeprefix("-") in table.columns}
    found = [part.strip() for text in given for part in ([text] if text in whole else text.split(","))]
    found = [text for text in found if text.strip("-")]
    if given and not found:
        raise UsageError(f"{option}: names no column", hint=f"there are {', '.join(table.columns)}")
    return found


def named(table: Table, text: str, option: str) -> tuple[str, ...]:
    """Find a column by its name or its heading; the one drawing of a histogram is all its columns.

    Raises UsageError for a name that none or several have.
    """
    if text in table.columns:
        return (text,)
    if folded(text) == DISTRIBUTION and table.histogram:
        return table.histogram
    found = [name for name in table.columns if folded(text) in (folded(name), folded(heading(name)))]
    if len(found) == 1:
        return tuple(found)
    if found:
        raise UsageError(f"{option} {text}: several columns are called so", hint=f"one of {', '.join(found)}")
    known = {**{heading(name): name for name in table.columns}, **{name: name for name in table.columns}}
    raise UsageError(
        f"{option} {text}: no such column",
        hint=nearest_hint(text, known, f"there are {', '.join(table.columns)}"),
    )


def folded(text: str) -> str:
    """Write a name without what is easily taken for another."""
    return text.casefold().replace("_", " ").replace("-", " ").strip()


def stays_last(table: Table, row: tuple[Any, ...]) -> bool:
    """Tell whether a row is the rest, or the end, of the others."""
    return any(isinstance(value, str) and value in table.last for value in row)


def is_known(value: Any) -> bool:
    """Tell whether a value can be compared at all."""
    return value is not None and not (isinstance(value, float | Decimal) and isnan(value))


def rank(at: int, row: tuple[Any, ...]) -> tuple[int, Any]:
    """Make a row comparable by one value: numbers first, then times, then texts, whatever their case."""
    value = row[at]
    if isinstance(value, int | float | Decimal):
        return NUMBER, value
    if isinstance(value, date):
        return TIME, value.isoformat()
    if isinstance(value, tuple):
        return NUMBER, sum(each for each in value if each is not None)
    text = plain(value)
    return TEXT, (text.casefold(), text)
