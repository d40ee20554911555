"""Read a bill, in the format that its content is in."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmcost.errors import FormatError, InputError
from llmcost.reconcile.bill import Bill
from llmcost.reconcile.pages import read_pages
from llmcost.reconcile.tables import read_table

KNOWN = (
    "OpenAI costs (JSON or CSV), Anthropic cost report (JSON or CSV), FOCUS CSV, or a CSV with the columns "
    "day, model, amount"
)


def read_bill(path: Path) -> Bill:
    """Read a bill; raises InputError, with the line, for what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not text in UTF-8", hint=f"known bills: {KNOWN}") from error
    if not text.strip():
        raise InputError(f"{path}: the bill is empty")
    bill = read_pages(documents(text, path), path) if text.lstrip()[0] in "{[" else read_table(text, path)
    if bill is None:
        raise FormatError(f"{path}: no bill that llmcost knows", hint=f"known bills: {KNOWN}")
    return bill


def documents(text: str, path: Path) -> list[Any]:
    """Read JSON documents one after the other, arrays opened; numbers keep every digit."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
    found: list[Any] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            hint = "was the file cut off? take the answer of the API as it is"
            raise InputError(f"{path}:{error.lineno}: broken JSON: {error.msg}", hint=hint) from error
        found += value if isinstance(value, list) else [value]
        at += len(text[at:]) - len(text[at:].lstrip())
    return found
