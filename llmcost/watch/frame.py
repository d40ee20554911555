"""One frame: a snapshot laid out in the room that there is."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from llmcost.watch.panels.alerts import alerts_panel
from llmcost.watch.panels.cache import cache_panel
from llmcost.watch.panels.errors import errors_panel
from llmcost.watch.panels.latency import latency_panel
from llmcost.watch.panels.spend import budget_panel, spend_panel
from llmcost.watch.panels.summary import LINES, summary
from llmcost.watch.panels.table import Room, boxed
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.view import ALERTS, CACHE, ERRORS, KEYS, LATENCY, PANELS, SPEND, View

# from here on everything has room at once
WIDE, HIGH = 120, 36
LEAST = Room(40, 12)


@dataclass(frozen=True)
class Drawing:
    """What is drawn, for whom, in which room."""

    snapshot: Snapshot
    view: View
    room: Room


def frame(snapshot: Snapshot, view: View, width: int, height: int, notice: str = "") -> RenderableType:
    """Lay out a frame; `notice` is what keeps the data from being new."""
    room = room_of(width, height)
    drawing = Drawing(snapshot, view, room)
    return Group(summary(snapshot, view, notice), help_panel(room) if view.is_help else body(drawing), foot(view))


def room_of(width: int, height: int) -> Room:
    """Give the room that a panel has in a terminal."""
    return Room(max(width, LEAST.width), max(height, LEAST.height) - LINES - 1)


def body(drawing: Drawing) -> RenderableType:
    """Draw the panel that is asked for."""
    snapshot, view, room = drawing.snapshot, drawing.view, drawing.room
    if view.panel == SPEND:
        return spend_panel(snapshot, view, room, view.group)
    if view.panel == LATENCY:
        return latency_panel(snapshot, view, room)
    if view.panel == CACHE:
        return cache_panel(snapshot, view, room)
    if view.panel == ERRORS:
        return errors_panel(snapshot, view, room)
    if view.panel == ALERTS:
        return alerts_panel(snapshot, view, room)
    return wide(drawing) if room.width >= WIDE and room.height + LINES + 1 >= HIGH else narrow(drawing)


def narrow(drawing: Drawing) -> RenderableType:
    """Draw the overview of a small terminal: keys and models, providers below."""
    snapshot, view, room = drawing.snapshot, drawing.view, drawing.room
    upper = room.height - room.height // 2
    left, right = Room(room.width // 2, upper), Room(room.width - room.width // 2, upper)
    lower = Room(room.width, room.height - upper)
    return Group(
        beside(
            spend_panel(snapshot, view, left, "key", is_small=True),
            spend_panel(snapshot, view, right, "model", is_small=True),
        ),
        alerts_panel(snapshot, view, lower, is_small=True)
        if snapshot.firing or snapshot.alerts_that("pending")
        else errors_panel(snapshot, view, lower, is_small=True),
    )


def wide(drawing: Drawing) -> RenderableType:
    """Draw the overview of a large terminal: spend on the left, how it goes on the right."""
    snapshot, view, room = drawing.snapshot, drawing.view, drawing.room
    left, right = room.width // 2, room.width - room.width // 2
    has_third = bool(snapshot.projects or snapshot.budgets)
    first, second, third = parts(room.height, (4, 3, 3) if has_third else (5, 4, 0))
    spends = [
        spend_panel(snapshot, view, Room(left, first), "key", is_small=True),
        spend_panel(snapshot, view, Room(left, second), "model", is_small=True),
    ]
    if has_third:
        room_left = Room(left, third)
        spends.append(
            budget_panel(snapshot, view, room_left)
            if snapshot.budgets
            else spend_panel(snapshot, view, room_left, "project", is_small=True)
        )
    heights = parts(room.height, (3, 2, 2, 3))
    drawn = (latency_panel, errors_panel, cache_panel, alerts_panel)
    others = [
        draw(snapshot, view, Room(right, height), is_small=True) for draw, height in zip(drawn, heights, strict=True)
    ]
    return beside(Group(*spends), Group(*others))


def parts(whole: int, shares: tuple[int, ...]) -> list[int]:
    """Cut a length into parts by their shares; the first gets what is over."""
    found = [whole * share // sum(shares) for share in shares]
    return [found[0] + whole - sum(found), *found[1:]]


def beside(left: RenderableType, right: RenderableType) -> Table:
    """Put one thing beside another."""
    grid = Table.grid(padding=0)
    grid.add_column()
    grid.add_column()
    grid.add_row(left, right)
    return grid


def foot(view: View) -> Text:
    """Name the panels and the keys."""
    found = Text(" ", no_wrap=True, overflow="ellipsis")
    for number, panel in enumerate(PANELS, 1):
        found.append(f"{number} {panel}", style="reverse" if panel == view.panel else "dim")
        found.append(" ")
    return found.append(" / find  ? help  q quit", style="dim")


def help_panel(room: Room) -> RenderableType:
    """List the keys."""
    grid = Table.grid(padding=(0, 3))
    for key, meaning in KEYS.items():
        grid.add_row(Text(key, style="bold"), meaning)
    return boxed("Keys", grid, room, "any key goes back")
