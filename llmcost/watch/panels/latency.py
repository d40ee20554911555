"""How long answers take."""

from __future__ import annotations

from rich.panel import Panel
from rich.text import Text

from llmcost.render.cell import UNKNOWN, duration
from llmcost.watch.panels.table import Column, Room, count, largest, name, table
from llmcost.watch.snapshot import Snapshot, Speed
from llmcost.watch.view import View

# as the alert `latency` has it
SLOW_MS = 30_000.0


def latency_rows(snapshot: Snapshot, view: View) -> list[Speed]:
    """List the models that are looked for."""
    return [one for one in snapshot.speeds if view.shows(one.provider, one.model)]


def latency_panel(snapshot: Snapshot, view: View, room: Room, *, is_small: bool = False) -> Panel:
    """Say how long the answers of the last hour took, and how long until they began."""
    return table("Latency of the last hour", COLUMNS, latency_rows(snapshot, view), view, room, is_small=is_small)


def wait(milliseconds: float | None) -> Text:
    """Write a length of time."""
    if milliseconds is None:
        return Text(UNKNOWN)
    return Text(duration(milliseconds), style="red" if milliseconds > SLOW_MS else "")


COLUMNS = (
    Column("model", lambda one: name(one.model), ratio=1, sort=lambda one: (one.model or "", one.provider or "")),
    Column("provider", lambda one: name(one.provider), 70, is_text=True),
    Column("answers", lambda one: count(one.answers), 60, sort=largest(lambda one: one.answers)),
    Column("P50", lambda one: wait(one.p50_ms), 46, sort=largest(lambda one: one.p50_ms)),
    Column("P95", lambda one: wait(one.p95_ms), sort=largest(lambda one: one.p95_ms)),
    Column("P99", lambda one: wait(one.p99_ms), 46),
    Column("first P50", lambda one: wait(one.first_p50_ms), 90),
    Column("first P95", lambda one: wait(one.first_p95_ms), 64, sort=largest(lambda one: one.first_p95_ms)),
)
