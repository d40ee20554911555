"""Lines folded to the width of the terminal that they are read on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from llmcost.cli.output import screen, write_text
from llmcost.render.cell import sanitize_for_terminal

WIDTH = 80
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def write_folded(lines: Iterable[str], output: Path | None) -> None:
    """Print lines that fit the terminal, headings bold on one; a word that is longer than a line is never cut."""
    on = screen(output)
    width = min(WIDTH, on.width) if on.is_terminal and on.width else WIDTH
    folded = [line for text in lines for line in fold(text, width, is_bold=on.color)]
    write_text((f"{line}\n" for line in folded), output)


def fold(text: str, width: int, *, is_bold: bool = False) -> Iterator[str]:
    """Break a line at words where it is too long; what follows stands under the value, or a little indented."""
    # an id is the log's own text
    text = sanitize_for_terminal(text)
    own = len(text) - len(text.lstrip())
    value = text.find("  ", own) + 1
    under = len(text) - len(text[value:].lstrip()) if value else own + 2
    lines = wrapped(text, width, under if under <= width // 2 else own + 2)
    if any(len(line) > width for line in lines):
        lines = wrapped(text, width, own + 2)
    for line in lines:
        yield f"{BOLD}{line}{PLAIN}" if is_bold and not own else line


def wrapped(text: str, width: int, indent: int) -> list[str]:
    """Break a line at white space alone."""
    return textwrap.wrap(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
