"""Case ids under another key of the metadata than `test_case`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from llmcost.errors import UsageError
from llmcost.ingest.format import Format
from llmcost.ingest.recognise import Recognised

CASE_KEY = "test_case"
# what is safe between quotes, in SQL and in JSON
KEY = re.compile(r"[A-Za-z0-9_-]+")


def check_case_key(key: str) -> None:
    """Refuse what cannot be a key of metadata."""
    if not KEY.fullmatch(key):
        raise UsageError(f"--case-key metadata.{key}: no such key", hint="letters, digits, _ and -, no dots")


def with_case_key(items: Iterable[Recognised], key: str) -> list[Recognised]:
    """Make formats read the name of a test case from `key`."""
    return [replace(item, format=keyed(item.format, key)) for item in items]


def keyed(format: Format, key: str) -> Format:
    """Read `key` wherever a format reads `test_case`."""
    return replace(
        format,
        query=keyed_text(format.query, key),
        columns=renamed(format.columns, key),
        parsed=renamed(format.parsed, key),
    )


def keyed_text(text: str, key: str) -> str:
    """Write `key` for `test_case` in SQL: as a field, or as text."""
    return (
        re.sub(r"\.test_case\b", f'."{key}"', text)
        .replace("'test_case'", f"'{key}'")
        .replace('"test_case"', f'"{key}"')
    )


def renamed(columns: Any, key: str) -> Any:
    """Write `key` for `test_case` among the columns that are read, nested ones too."""
    if isinstance(columns, dict):
        return {key if name == CASE_KEY else name: renamed(kind, key) for name, kind in columns.items()}
    return [renamed(kind, key) for kind in columns] if isinstance(columns, list) else columns
