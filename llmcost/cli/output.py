"""Where a result goes: stdout or a file, how wide and how coloured it is there, and what results say about themselves.

Every output of every command goes through here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmcost.cli.files import whole_file
from llmcost.cli.notes import note
from llmcost.cli.reading import TableOptions
from llmcost.errors import STDOUT, UsageError, unwritable
from llmcost.render import BINARY, DELIMITED, Table, render, render_bytes
from llmcost.render.choose import choose

if TYPE_CHECKING:
    from llmcost.pricing import Book
    from llmcost.report import Coverage
    from llmcost.store import Filters


@dataclass(frozen=True)
class Screen:
    """What text is written for: a terminal or not, so many columns (None: as many as it needs), with colours or not."""

    is_terminal: bool = False
    width: int | None = None
    color: bool = False


def screen(output: Path | None) -> Screen:
    """Look at what a result will be read on; a file is as wide as it needs."""
    if output is not None:
        return Screen()
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal or "COLUMNS" in os.environ else None
    return Screen(is_terminal, width, is_terminal and not os.environ.get("NO_COLOR"))


def write_text(pieces: Iterable[str], output: Path | None) -> None:
    """Write text to a file or to stdout. Raises OutputError where it takes no more, UsageError where it is wrong."""
    if output is not None:
        write_bytes((piece.encode() for piece in pieces), output)
        return
    with flushed():
        sys.stdout.writelines(pieces)


def write_bytes(pieces: Iterable[bytes], output: Path | None, mode: int | None = None) -> None:
    """Write bytes to a file, with this mode if one is given, or to stdout. Raises like `write_text`."""
    if output is not None:
        with whole_file(output, mode) as file:
            file.writelines(pieces)
        return
    with flushed():
        sys.stdout.buffer.writelines(pieces)


@contextmanager
def flushed() -> Iterator[None]:
    """Write all that the block prints, and name stdout where it takes no more."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        raise unwritable(STDOUT, error) from error


def envelope(
    command: str, book: Book | None = None, filters: Filters | None = None, covered: Coverage | None = None
) -> dict[str, Any]:
    """Make the envelope that every output of a command shares: the prices, the requests asked for, what has a cost."""
    shared: dict[str, Any] = {"schema_version": 1, "command": command}
    if filters is not None:
        shared["window"] = {"since": filters.since, "until": filters.until}
    if book is not None:
        checked = None if book.checked is None else str(book.checked)
        shared["pricing"] = {"sha256": book.sha256, "checked": checked}
    if covered is not None:
        shared["coverage"] = {
            "requests": covered.requests,
            "priced_requests": covered.priced_requests,
            "unpriced": [vars(item) for item in covered.unpriced],
            "usage_missing": covered.usage_missing,
        }
        if covered.summaries_before:
            shared["coverage"]["summaries_before"] = str(covered.summaries_before)
    return shared


def write(table: Table, to: TableOptions) -> None:
    """Write a table as the options say, to a file or to stdout; width and colour follow the terminal."""
    format = to.output_format
    if to.raw_cells and format not in DELIMITED:
        raise UsageError(f"--raw-cells: not for {format}", hint="-f csv and -f tsv have it")
    table = choose(table, to.choice)
    if format in BINARY:
        write_bytes([render_bytes(table, format)], to.output)
        return
    on = screen(to.output)
    write_text(render(table, format, width=on.width, color=on.color, raw=to.raw_cells), to.output)
    if format == "table" and on.width:
        note_left_out(table, on.width)


def note_left_out(table: Table, width: int) -> None:
    """Name on stderr the columns that the terminal has no room for."""
    from llmcost.render.table import left_out

    missing = left_out(table, width)
    if missing:
        others = "name fewer with --columns" if table.is_chosen else "--columns names those to show"
        note(f"no room for: {', '.join(missing)}; {others}, a wider terminal shows more, -f csv has all")
