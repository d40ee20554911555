"""CSV and TSV: a head line and the rows, exact, unknown as nothing; text is not a formula, unless it is to stay raw."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from llmcost.render import Table
from llmcost.render.cell import plain, sanitize_for_terminal

# what a spreadsheet begins to calculate at, in wide letters too
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001


def write(table: Table, delimiter: str, *, raw: bool = False) -> Iterator[str]:
    """Write the head, then row by row; `raw` leaves texts as they are."""
    written = plain if raw else harmless
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    for row in [table.columns, *table.rows]:
        writer.writerow([written(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def harmless(value: Any) -> str:
    """Write a value; a text without control characters, and with an apostrophe before what would be a formula."""
    if not isinstance(value, str):
        return plain(value)
    text = sanitize_for_terminal(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
