"""What caches give."""

from __future__ import annotations

from rich.panel import Panel

from llmcost.watch.panels.table import Column, Room, count, largest, money, name, percent, table
from llmcost.watch.snapshot import Cache, Snapshot
from llmcost.watch.view import View

COLUMNS = (
    Column("model", lambda one: name(one.model), ratio=1, sort=lambda one: one.model or ""),
    Column("last hour", lambda one: percent(one.hour_share), sort=largest(lambda one: one.hour_share)),
    Column("today", lambda one: percent(one.today_share), sort=largest(lambda one: one.today_share)),
    Column("saved today", lambda one: money(one.saved_usd), sort=largest(lambda one: one.saved_usd)),
    Column("gateway hits", lambda one: count(one.gateway_hits), 70),
    Column("they saved", lambda one: money(one.gateway_saved_usd), 70),
)


def cache_rows(snapshot: Snapshot, view: View) -> list[Cache]:
    """List the models that are looked for."""
    return [one for one in snapshot.caches if view.shows(one.model)]


def cache_panel(snapshot: Snapshot, view: View, room: Room, *, is_small: bool = False) -> Panel:
    """Say how much of the input came from caches, and what that saved."""
    return table("Input from caches", COLUMNS, cache_rows(snapshot, view), view, room, is_small=is_small)
