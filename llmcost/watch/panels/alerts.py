"""What is not as usual, and which keys are held back."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from llmcost.render.cell import sanitize_for_terminal
from llmcost.watch.panels.table import BORDER, DIM, Room, boxed, nothing
from llmcost.watch.snapshot import AlertLine, Snapshot
from llmcost.watch.view import View

STYLES = {"firing": "bold red", "clearing": "red", "pending": "yellow", "silenced": "dim", "acknowledged": "dim"}


def alert_rows(snapshot: Snapshot, view: View) -> list[AlertLine]:
    """List the alerts that are looked for."""
    return [one for one in snapshot.alerts if view.shows(one.alert, one.text)]


def alerts_panel(snapshot: Snapshot, view: View, room: Room, *, is_small: bool = False) -> Panel:
    """List alerts with what they say; where it is alone, with the command that shows more."""
    shown = alert_rows(snapshot, view)
    offset = 0 if is_small else min(view.offset, max(len(shown) - 1, 0))
    space = room.height - BORDER
    # a sentence may take three lines
    texts = [
        line(one, snapshot.zone, is_short=is_small and 3 * len(shown) > space, has_command=not is_small)
        for one in shown[offset:]
    ]
    if snapshot.throttled:
        texts.insert(0, Text(f"throttled: {sanitize_for_terminal(', '.join(snapshot.throttled))}", style="bold yellow"))
    body = Group(*texts) if texts else nothing(view, "nothing is unusual")
    return boxed("Alerts", body, room, said(len(shown), offset))


def said(count: int, offset: int) -> str:
    """Say how many there are, and which is the first that is seen."""
    if count < 2:
        return ""
    return f"from {offset + 1:,} of {count:,}" if offset else f"{count:,} in all"


def line(one: AlertLine, zone: tzinfo, *, is_short: bool, has_command: bool) -> Text:
    """Write an alert: its word, since when, what it says."""
    found = Text(overflow="ellipsis" if is_short else "fold", no_wrap=is_short)
    found.append(f"{one.word} ", style=STYLES.get(one.word, ""))
    found.append(f"{sanitize_for_terminal(one.alert)}", style="bold")
    if one.since is not None:
        found.append(f" since {clock(one.since, zone)}")
    found.append(f": {sanitize_for_terminal(one.text)}" if one.text else "")
    if one.command and has_command:
        found.append(f"\n  {sanitize_for_terminal(one.command)}", style=DIM)
    return found


def clock(moment: datetime, zone: tzinfo) -> str:
    """Write a time of day."""
    return f"{moment.replace(tzinfo=UTC).astimezone(zone):%H:%M}"
