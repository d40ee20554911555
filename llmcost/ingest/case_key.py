"""Case ids under another key of the metadata than `test_case`; queries look it up as `case_key()`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from llmcost.errors import UsageError
from llmcost.ingest.recognise import Recognised

CASE_KEY = "test_case"
# what is one key and nothing else in SQL and in JSON, where a dot or a dollar would begin a path
KEY = re.compile(r"[A-Za-z0-9_-]+")


def check_case_key(key: str) -> None:
    """Refuse what cannot be a key of metadata."""
    if not KEY.fullmatch(key):
        raise UsageError(f"--case-key metadata.{key}: no such key", hint="letters, digits, _ and -, no dots")


def with_case_key(items: Iterable[Recognised], key: str) -> list[Recognised]:
    """Make formats read `key` of a record wherever they read `test_case`."""
    return [
        replace(
            item,
            format=replace(
                item.format, columns=renamed(item.format.columns, key), parsed=renamed(item.format.parsed, key)
            ),
        )
        for item in items
    ]


def renamed(columns: Any, key: str) -> Any:
    """Write `key` for `test_case` among the columns that are read, nested ones too."""
    if isinstance(columns, dict):
        return {key if name == CASE_KEY else name: renamed(kind, key) for name, kind in columns.items()}
    return [renamed(kind, key) for kind in columns] if isinstance(columns, list) else columns
