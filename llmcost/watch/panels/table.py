"""A table in a box of a given size; what has no room is left out, and said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from llmcost.render.cell import UNKNOWN, sanitize_for_terminal
from llmcost.render.money import dollars
from llmcost.watch.view import View

BORDER, HEADING = 2, 1
DIM = "dim"


class Room(NamedTuple):
    """Columns and lines."""

    width: int
    height: int


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it writes of a row, and the width of the panel from which on it is shown.

    One with a `ratio` takes what room there is, beside others of this kind, and is cut where that is too little. `sort`
    is what rows are ordered by, smallest first, where they can be.
    """

    heading: str
    write: Callable[[Any], str | Text]
    least_width: int = 0
    ratio: int = 0
    is_text: bool = False
    sort: Callable[[Any], Any] | None = None


def table(
    title: str, columns: Sequence[Column], rows: Sequence[Any], view: View, room: Room, *, is_small: bool = False
) -> Panel:
    """Draw rows in the order that is asked for, from the row that is asked for; `is_small` panels do not move."""
    if not rows:
        return boxed(title, nothing(view, "nothing yet"), room)
    order = None if is_small else order_of(columns, view)
    ordered = sorted(rows, key=order.sort) if order is not None and order.sort is not None else rows
    space = rows_in(room)
    offset = 0 if is_small else min(view.offset, max(len(rows) - space, 0))
    seen = ordered[offset : offset + space]
    body = Table(box=None, expand=True, pad_edge=False, padding=(0, 1), header_style="bold")
    shown = [column for column in columns if column.least_width <= room.width]
    for column in shown:
        add_column(body, column)
    for row in seen:
        body.add_row(*(column.write(row) for column in shown))
    return boxed(title, body, room, said(len(seen), len(rows), order, offset))


def rows_in(room: Room) -> int:
    """Count the rows that a table has room for."""
    return max(room.height - BORDER - HEADING, 0)


def nothing(view: View, otherwise: str) -> Text:
    """Say why a panel is empty: what is filtered away is not absent."""
    return Text(f"nothing has /{sanitize_for_terminal(view.filter)}" if view.filter else otherwise, style=DIM)


def order_of(columns: Sequence[Column], view: View) -> Column | None:
    """Find the column that rows are ordered by; None for the order that they come in."""
    orders = [None, *(column for column in columns if column.sort is not None)]
    return orders[view.order % len(orders)]


def add_column(body: Table, column: Column) -> None:
    """Put a column into a table; no number is cut."""
    body.add_column(
        column.heading,
        justify="left" if column.ratio or column.is_text else "right",
        no_wrap=True,
        overflow="ellipsis",
        ratio=column.ratio or None,
    )


def said(seen: int, count: int, order: Column | None, offset: int) -> str:
    """Say what of a table is seen."""
    parts = [f"by {order.heading}"] if order is not None else []
    if seen < count:
        parts.append(f"{offset + 1} to {offset + seen} of {count:,}")
    return ", ".join(parts)


def boxed(title: str, body: Any, room: Room, foot: str = "") -> Panel:
    """Draw a box."""
    return Panel(
        body,
        title=Text(title, style="bold"),
        title_align="left",
        subtitle=Text(foot, style=DIM) if foot else None,
        subtitle_align="right",
        box=box.ROUNDED,
        border_style=DIM,
        width=room.width,
        height=room.height,
        padding=(0, 1),
    )


def name(text: str | None) -> Text:
    """Write a log's own name; what has none is seen to have none."""
    return Text(UNKNOWN, style=DIM) if text is None else Text(sanitize_for_terminal(text))


def money(amount: Any) -> str:
    """Write dollars, or that they are not known."""
    return UNKNOWN if amount is None else dollars(amount)


def percent(share: float | None) -> str:
    """Write a share."""
    return UNKNOWN if share is None else f"{share:.1%}"


def count(number: int | None) -> str:
    """Write a number of requests."""
    return UNKNOWN if number is None else f"{number:,}"


def largest(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Order by a number, the largest first and what is not known last."""
    return lambda row: (read(row) is None, -(read(row) or 0))
