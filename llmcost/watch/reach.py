"""How far down a panel goes, so that who has gone too far need not come all that way back."""

from __future__ import annotations

from dataclasses import replace

from llmcost.watch.frame import room_of
from llmcost.watch.panels.alerts import alert_rows
from llmcost.watch.panels.cache import cache_rows
from llmcost.watch.panels.errors import errors_rows
from llmcost.watch.panels.latency import latency_rows
from llmcost.watch.panels.spend import spend_rows
from llmcost.watch.panels.table import rows_in
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.view import ALERTS, CACHE, ERRORS, LATENCY, SPEND, View


def within(snapshot: Snapshot, view: View, width: int, height: int) -> View:
    """Keep a view from being further down than its panel goes."""
    return replace(view, offset=min(view.offset, furthest(snapshot, view, rows_in(room_of(width, height)))))


def furthest(snapshot: Snapshot, view: View, space: int) -> int:
    """Count the rows that can be above a panel with room for so many; of alerts the last one is always seen."""
    if view.panel == SPEND:
        return max(len(spend_rows(snapshot, view, view.group)) - space, 0)
    if view.panel == LATENCY:
        return max(len(latency_rows(snapshot, view)) - space, 0)
    if view.panel == CACHE:
        return max(len(cache_rows(snapshot, view)) - space, 0)
    if view.panel == ERRORS:
        return max(len(errors_rows(snapshot, view)) - space, 0)
    if view.panel == ALERTS:
        return max(len(alert_rows(snapshot, view)) - 1, 0)
    return 0
