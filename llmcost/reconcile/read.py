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
from llmcost.reconcile.usage import UsageReport, read_usage
from llmcost.reconcile.usage_tables import read_usage_table

KNOWN = (
    "OpenAI costs (JSON or CSV), Anthropic cost report (JSON or CSV), the usage of either, FOCUS CSV, or a CSV "
    "with the columns day, model, amount"
)


def read_report(path: Path) -> Bill | UsageReport:
    """Read a bill or a usage report; raises InputError, with the line, for what cannot be read."""
    text = text_of(path)
    pages = documents(text, path) if text.lstrip()[0] in "{[" else None
    report = read_usage_table(text, path) if pages is None else read_usage(pages, path)
    if report is not None:
        return report
    bill = read_table(text, path) if pages is None else read_pages(pages, path)
    if bill is None:
        raise FormatError(f"{path}: no bill that llmcost knows", hint=f"known bills: {KNOWN}")
    return bill


def read_bill(path: Path) -> Bill:
    """Read a bill; a usage report is none, since it has no amounts."""
    found = read_report(path)
    if isinstance(found, UsageReport):
        raise InputError(f"{path}: a usage report, without costs", hint="`compare_usage` compares its tokens")
    return found


def text_of(path: Path) -> str:
    """Read a file that must hold some text in UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not text in UTF-8", hint=f"known bills: {KNOWN}") from error
    if not text.strip():
        raise InputError(f"{path}: the bill is empty")
    return text


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
