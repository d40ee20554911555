"""A Markdown table for people, with the totals as its last row; and text that means nothing in Markdown but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from llmcost.render import Table
from llmcost.render.cell import heading, is_number, sanitize_for_terminal
from llmcost.render.style import Write, writers

# what GitHub and GitLab make links, mentions, pictures or formulas of, also where it is escaped; never in code
LINKED = re.compile(
    r"[@#$]\D|[@#$]$|[@#]\d|://|www\.|(mailto|xmpp):|[!&]\d|[~%][\w\"]|GH-\d|:[\w+-]+:|\b(?=[a-f]*\d)[0-9a-f]{7,}\b",
    re.IGNORECASE,
)
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"}) | {
    ord(character): f"\\{character}" for character in "\\`*_[]~!#{}"
}
# a table parts its cells before anything else is read, in code too
PIPE = "&#124;"


def write(table: Table) -> Iterator[str]:
    """Write head, rule, rows and totals."""
    right = [is_number(column, table.rows, at) for at, column in enumerate(table.columns)]
    yield line(escaped(heading(column)) for column in table.columns)
    yield line("---:" if is_right else "---" for is_right in right)
    write_as = writers(table)
    for row in table.rows:
        yield line(cell(write_as[c], v) for c, v in zip(table.columns, row, strict=True))
    if len(table.rows) > 1 and table.totals:
        cells = (cell(write_as[c], table.totals[c]) if c in table.totals else "" for c in table.columns)
        yield line(f"**{text or 'total'}**" if at == 0 else text for at, text in enumerate(cells))


def line(cells: Iterable[str]) -> str:
    """Write one row."""
    return f"| {' | '.join(cells)} |\n"


def cell(write_as: Write, value: Any) -> str:
    """Write a value; text may come from a log."""
    text = write_as(value)
    return escaped(text) if isinstance(value, str) else text


def escaped(text: str) -> str:
    """Write a log's own text so that Markdown shows exactly it: no tag, link, picture, mention or reference.

    It is code where a server would link it, escaped elsewhere, and one line wherever it stands.
    """
    text = sanitize_for_terminal(text)
    each = code if LINKED.search(text) else quiet
    return PIPE.join(each(piece) for piece in text.split("|"))


def quiet(text: str) -> str:
    """Take their meaning from the characters of Markdown and HTML."""
    return text.translate(ENTITIES)


def code(text: str) -> str:
    """Write a text as code, between more backticks than it has."""
    if not text:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    is_padded = "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip())
    return f"{fence} {text} {fence}" if is_padded else f"{fence}{text}{fence}"
