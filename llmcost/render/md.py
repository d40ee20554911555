"""A Markdown table for people, with the totals as its last row."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.render import Table
from llmcost.render.cell import for_people, heading, is_number


def write(table: Table) -> Iterator[str]:
    """Write head, rule, rows and totals."""
    right = [is_number(column, table.rows, at) for at, column in enumerate(table.columns)]
    yield line(heading(column) for column in table.columns)
    yield line("---:" if is_right else "---" for is_right in right)
    for row in table.rows:
        yield line(for_people(c, v) for c, v in zip(table.columns, row, strict=True))
    if len(table.rows) > 1 and table.totals:
        cells = (for_people(c, table.totals[c]) if c in table.totals else "" for c in table.columns)
        yield line(f"**{cell or 'total'}**" if at == 0 else cell for at, cell in enumerate(cells))


def line(cells: Iterator[str]) -> str:
    """Write one row; a pipe in a name is no column."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
