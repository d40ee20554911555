"""CSV and TSV: a head line and the rows, exact, unknown as nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from llmcost.render import Table
from llmcost.render.cell import plain


def write(table: Table, delimiter: str) -> Iterator[str]:
    """Write the head, then row by row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    for row in [table.columns, *table.rows]:
        writer.writerow([plain(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
