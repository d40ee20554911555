"""How providers are, and what fails."""

from __future__ import annotations

from rich.panel import Panel
from rich.text import Text

from llmcost.watch.panels.table import Column, Room, count, largest, name, percent, table
from llmcost.watch.snapshot import Health, Snapshot
from llmcost.watch.view import View

WORDS = {"ok": "green", "some errors": "yellow", "failing": "bold red", "quiet": "dim"}


def errors_rows(snapshot: Snapshot, view: View) -> list[Health]:
    """List the providers that are looked for."""
    return [one for one in snapshot.health if view.shows(one.provider)]


def errors_panel(snapshot: Snapshot, view: View, room: Room, *, is_small: bool = False) -> Panel:
    """Say how each provider is, and how its requests of the last hour failed."""
    rows = errors_rows(snapshot, view)
    return table("Providers and errors of the last hour", COLUMNS, rows, view, room, is_small=is_small)


def word(one: Health) -> Text:
    """Write how a provider is now."""
    return Text(one.word, style=WORDS.get(one.word, ""))


def kinds(one: Health) -> str:
    """Write how requests failed, the most frequent kind first."""
    return ", ".join(f"{kind} {number:,}" for kind, number in one.kinds)


COLUMNS = (
    Column("provider", lambda one: name(one.provider), is_text=True, sort=lambda one: one.provider or ""),
    Column("now", word, is_text=True),
    Column("requests", lambda one: count(one.requests), 50, sort=largest(lambda one: one.requests)),
    Column("errors", lambda one: count(one.errors), 50, sort=largest(lambda one: one.errors)),
    Column("rate", lambda one: percent(one.error_share), sort=largest(lambda one: one.error_share)),
    Column("refused", lambda one: count(one.refused), 60, sort=largest(lambda one: one.refused)),
    Column("kinds", kinds, 78, ratio=1),
)
