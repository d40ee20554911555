"""What people know of the past: when something was wrong, so that true alarms can be separated from false ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from llmcost.errors import UsageError
from llmcost.pricing.nearest import among
from llmcost.store import parse_when

HINT = "write 2026-10-12T14:00..2026-10-12T18:00, or a day, and after it a rule or an alert"


@dataclass(frozen=True)
class Mark:
    """A time in which an alert was right: of any rule, or of the rule or the alert that is named."""

    since: datetime
    until: datetime
    name: str = ""


def read_marks(texts: Iterable[str], zone: tzinfo, rules: Collection[str]) -> list[Mark]:
    """Read marks, and files of them, one a line. Raises UsageError for what is neither, or is of no rule."""
    return [mark for text in texts for mark in marks_in(text, zone, rules)]


def marks_in(text: str, zone: tzinfo, rules: Collection[str]) -> Iterator[Mark]:
    """Read one mark, or a file of them; lines that begin with # say nothing."""
    if not Path(text).is_file():
        yield mark_of(text, zone, rules)
        return
    for line in Path(text).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield mark_of(line.strip(), zone, rules)


def mark_of(text: str, zone: tzinfo, rules: Collection[str]) -> Mark:
    """Read `SINCE..UNTIL NAME`; a day alone is all of it."""
    times, _, name = text.partition(" ")
    first, dots, last = times.partition("..")
    try:
        since, until = parse_when(first, zone=zone), parse_when(last or first, zone=zone)
    except UsageError as error:
        raise UsageError(f"--expected {text}: {error.message}", hint=HINT) from None
    if since is None or until is None:
        raise UsageError(f"--expected {text}: not a time", hint=HINT)
    if not dots or len(last) == len("2026-10-12"):
        until += timedelta(days=1)
    if until <= since:
        raise UsageError(f"--expected {text}: it ends before it begins", hint=HINT)
    rule = name.strip().partition("/")[0]
    if rule and rule not in rules:
        raise UsageError(f"--expected {text}: no such rule", hint=among(rule, sorted(rules), "there are"))
    return Mark(since, until, name.strip())
