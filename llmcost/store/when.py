"""Moments as a command line names them: days, months, times, ages, and words such as yesterday."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from llmcost.errors import UsageError

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
WORDS: dict[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "yesterday": lambda day: day - timedelta(days=1),
    "this-month": lambda day: day.replace(day=1),
    "last-month": lambda day: (day.replace(day=1) - timedelta(days=1)).replace(day=1),
}


def parse_when(text: str | None, now: datetime | None = None, zone: tzinfo = UTC) -> datetime | None:
    """Read `2026-11-01`, `2026-11`, `2026-11-01T12:00`, `today`, `yesterday`, `this-month`, `last-month` (in `zone`).

    An age such as `24h` or `7d` counts back from `now`. Of days and months it is the beginning. Gives naive UTC; raises
    UsageError for what is none of these.
    """
    if text is None:
        return None
    present = now or datetime.now(UTC)
    try:
        if age := re.fullmatch(r"([0-9]+)([mhdw])", text):
            return (present - timedelta(**{UNITS[age[2]]: int(age[1])})).astimezone(UTC).replace(tzinfo=None)
        if text in WORDS:
            moment = datetime.combine(WORDS[text](present.astimezone(zone).date()), time())
        else:
            moment = datetime.fromisoformat(f"{text}-01" if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text}: not a date and not an age",
            hint=f"write 2026-11-01, 2026-11, 2026-11-01T12:00, 24h, 7d, or {', '.join(WORDS)}",
        ) from None
