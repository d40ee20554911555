"""An answer of a command to an assistant: its JSON, cut to so many rows, with what the command says beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from threading import Lock
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from llmcost.cli.bugs import bug
from llmcost.cli.full import refusal_of
from llmcost.errors import LlmcostError
from llmcost.render.json import encode

# what a command prints is caught, so there is one at a time
ONE = Lock()


def answer(run: Callable[[], int], most: int) -> str:
    """Run a command and give what it prints as JSON. Raises ToolError with the command's own words where it refuses."""
    printed, said = io.StringIO(), io.StringIO()
    with ONE, redirect_stdout(printed), redirect_stderr(said):
        try:
            run()
        except Exception as error:
            raise ToolError(words_of(error)) from None
    document = json.loads(printed.getvalue(), parse_float=Decimal)
    return encode({**bounded(document, most), "notes": said.getvalue().splitlines()}).decode()


def words_of(error: Exception) -> str:
    """Say what is wrong and what to do; of a bug its place alone, since its message may quote a log."""
    refused = error if isinstance(error, LlmcostError) else refusal_of(error) or bug(error)
    return f"{refused.message} (hint: {refused.hint})" if refused.hint else refused.message


def bounded(document: dict[str, Any], most: int) -> dict[str, Any]:
    """Keep the first rows and say how many more there are; shorten every other list as well."""
    rows = document.pop("rows", [])
    more = document.pop("more_rows", 0) + document.pop("more_requests", 0) + max(len(rows) - most, 0)
    return {
        **{key: shortened(value, most) for key, value in document.items()},
        "rows": [shortened(row, most) for row in rows[:most]],
        "more_rows": more,
    }


def shortened(value: Any, most: int) -> Any:
    """Cut lists, and leave out the outline of a record: it is its log's own, and no part of the store."""
    if isinstance(value, dict):
        return {key: shortened(inner, most) for key, inner in value.items() if (key, type(inner)) != ("records", list)}
    if isinstance(value, list):
        rest = [f"... and {len(value) - most:,} more"] if len(value) > most else []
        return [*(shortened(item, most) for item in value[:most]), *rest]
    return value
