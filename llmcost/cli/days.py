"""Days on the command line, in UTC as prices count them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from llmcost.errors import UsageError


def today() -> date:
    """Give the day it is."""
    return datetime.now(UTC).date()


def read_day(text: str | None, option: str) -> date | None:
    """Read a day; None where none was given."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option} {text}: not a date", hint="write it as 2026-08-20") from None
