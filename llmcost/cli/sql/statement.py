"""A user's own SQL: where it is read from, and that it is one query that writes nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb

from llmcost.errors import UsageError, first_line
from llmcost.store import Store

STDIN = "-"
CAN = "select, from, with, values, describe, summarize and show tables"
ADVICE = ("Did you mean", "Candidate", "Either add")
PLACE = re.compile(r"^LINE (\d+): ?(.*)\n( *)\^", re.MULTILINE)


def read_statement(text: str, paths: tuple[str, ...]) -> str:
    """Take a statement as given, from the file that @ names, or from stdin. Raises UsageError where there is none."""
    try:
        if text == STDIN:
            if STDIN in paths:
                raise UsageError("-: stdin cannot be both the statement and a log", hint="@FILE reads it from a file")
            text = sys.stdin.buffer.read().decode("utf-8-sig")
        elif text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{text[1:]}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError("the statement is not UTF-8 text") from error
    return text


def check_query(text: str) -> None:
    """Refuse what is not one query, or would write. Raises UsageError."""
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise mistake(error) from None
    if len(statements) != 1:
        raise UsageError(f"one statement is run, not {len(statements) or 'none'}", hint=f"there are {CAN}")
    kind = statements[0].type.name.lower()
    if kind == "multi":
        raise UsageError("a pivot needs its values", hint="pivot ... on COLUMN in ('a', 'b')")
    if kind != "select":
        raise UsageError(f"{kind}: only queries are run, the store is not to be changed", hint=f"there are {CAN}")
    with Store() as parser:
        if parser.writes(text):
            raise UsageError("only queries are run, none that writes in a `with`", hint=f"there are {CAN}")


def mistake(error: Exception) -> UsageError:
    """Say what DuckDB does not like about a statement, where, and what it would rather read."""
    text = str(error)
    place = PLACE.search(text)
    where = ""
    if place:
        line, shown, caret = place[1], place[2], len(place[3]) - len(f"LINE {place[1]}: ")
        # a long line is shown in part
        where = f" (line {line})" if shown.startswith("...") else f" (line {line}, column {caret + 1})"
    if isinstance(error, duckdb.PermissionException):
        hint = "a query reaches neither files nor the network; logs to read stand after it: llmcost sql SQL PATH"
    else:
        hint = " ".join(line.strip().replace(": :", ":") for line in text.splitlines()[1:] if line.startswith(ADVICE))
    return UsageError(first_line(error) + where, hint=hint)
