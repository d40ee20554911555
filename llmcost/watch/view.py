"""What is looked at, and what a key does to it: a pure function, so that a session can be replayed from its keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

OVERVIEW, SPEND, LATENCY, CACHE, ERRORS, ALERTS = PANELS = ("overview", "spend", "latency", "cache", "errors", "alerts")
GROUPS = ("key", "model", "project")
TAB, BACK_TAB, ENTER, ESCAPE, BACKSPACE, UP, DOWN = "tab", "back tab", "enter", "esc", "backspace", "up", "down"
LONGEST_FILTER = 40
KEYS = {
    "1 to 6, tab": "another panel",
    "g": "in spend: by key, model or project",
    "s": "another order, in 2 to 5",
    "j, k, arrows": "further down, and up again, in 2 to 6",
    "/": "only names with this text; enter keeps it, esc ends it",
    "space": "pause, and go on",
    "?": "this help",
    "q": "quit; so does Ctrl-C",
}


@dataclass(frozen=True)
class View:
    """Which panel, of what, in which order, from which row on, and which names; `is_over` when it was left."""

    panel: str = OVERVIEW
    group: str = GROUPS[0]
    order: int = 0
    offset: int = 0
    filter: str = ""
    is_typing: bool = False
    is_paused: bool = False
    is_help: bool = False
    is_over: bool = False

    def shows(self, *names: str | None) -> bool:
        """Tell whether any of these names has the text that is looked for."""
        return any(self.filter.casefold() in (name or "").casefold() for name in names)


def pressed(view: View, key: str) -> View:
    """Give what is looked at after a key."""
    if view.is_typing:
        return typed(view, key)
    if view.is_help and key != "q":
        return replace(view, is_help=False)
    if key.isdigit() and 1 <= int(key) <= len(PANELS):
        return at_panel(view, int(key) - 1)
    if key in (TAB, BACK_TAB):
        return at_panel(view, PANELS.index(view.panel) + (1 if key == TAB else -1))
    return replace(view, **changes(view, key))


def at_panel(view: View, number: int) -> View:
    """Show a panel from its beginning."""
    panel = PANELS[number % len(PANELS)]
    return view if panel == view.panel else replace(view, panel=panel, offset=0, order=0)


def changes(view: View, key: str) -> dict[str, Any]:
    """Say what a key changes; nothing, where it means nothing."""
    next_group = GROUPS[(GROUPS.index(view.group) + 1) % len(GROUPS)]
    found: dict[str, dict[str, Any]] = {
        "g": {"group": next_group, "offset": 0},
        "s": {"order": view.order + 1, "offset": 0},
        "j": {"offset": view.offset + 1},
        "k": {"offset": max(view.offset - 1, 0)},
        "/": {"is_typing": True},
        " ": {"is_paused": not view.is_paused},
        "?": {"is_help": True},
        "q": {"is_over": True},
        ESCAPE: {"filter": "", "offset": 0},
    }
    return found.get({DOWN: "j", UP: "k"}.get(key, key), {})


def typed(view: View, key: str) -> View:
    """Give what is looked at after a key while a filter is typed."""
    if key == ESCAPE:
        return replace(view, filter="", is_typing=False, offset=0)
    if key == ENTER:
        return replace(view, is_typing=False)
    if key == BACKSPACE:
        return replace(view, filter=view.filter[:-1], offset=0)
    if len(key) == 1 and key.isprintable():
        return replace(view, filter=(view.filter + key)[:LONGEST_FILTER], offset=0)
    return view
