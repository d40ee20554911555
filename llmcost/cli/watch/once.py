"""`llmcost watch --once`: one frame, or one document."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import Any

from rich.console import Console

from llmcost.alerts.state import state_path
from llmcost.cli.delivered import send_due
from llmcost.cli.new_store import no_empty_store
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, screen, write_text
from llmcost.cli.problems import print_problems
from llmcost.cli.stores import wait_for_store
from llmcost.cli.unread import note_unread
from llmcost.ingest import ingest
from llmcost.render.json import encode
from llmcost.store import Store
from llmcost.throttle.enforce import enforce
from llmcost.watch.following import Source
from llmcost.watch.frame import frame
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.view import View
from llmcost.watch.watching import Clock, Message, Settings, Watching


def run_once(source: Source, settings: Settings, clock: Clock, *, is_json: bool, may_act: bool) -> int:
    """Read what is new, judge it, and show what is known."""
    memory = state_path(source.db)
    watched = Watching(settings, memory, clock, is_present=may_act)
    with no_empty_store(source.db), opened(source) as store, watched as watching:
        watching.look(store)
        snapshot, sent, looked = watching.snapshot(), watching.take_sent(), watching.take_looked()
    if is_json:
        write_text([encode(document(snapshot, sent, settings)).decode() + "\n"], None)
    else:
        write_text([drawn(snapshot)], None)
    send_due(settings.alerts, memory, clock())
    if looked is not None:
        for line in enforce(memory, settings.throttle, settings.alerts, looked, clock(), may_act=may_act):
            note(f"throttle: {line}")
    return 0


def opened(source: Source) -> Store:
    """Open the store, after what is new in the logs was read."""
    if not source.logs:
        return wait_for_store(source.db, read_only=True)
    store = wait_for_store(source.db)
    try:
        summary = ingest(store, source.logs, options=source.options)
    except BaseException:
        store.close()
        raise
    print_problems(summary)
    note_unread(summary.refused)
    return store


def drawn(snapshot: Snapshot) -> str:
    """Draw a frame for whatever it is read on."""
    on, size = screen(None), shutil.get_terminal_size()
    console = Console(
        width=size.columns,
        height=size.lines,
        force_terminal=on.color,
        color_system="standard" if on.color else None,
        highlight=False,
    )
    with console.capture() as written:
        console.print(frame(snapshot, View(), size.columns, size.lines - 1))
    return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def document(snapshot: Snapshot, sent: list[Message], settings: Settings) -> dict[str, Any]:
    """Write a snapshot for a program."""
    found = asdict(snapshot)
    found["zone"] = str(snapshot.zone)
    for health, written in zip(snapshot.health, found["health"], strict=True):
        written["kinds"] = dict(health.kinds)
    return {**envelope("watch", settings.book), **found, "messages": sent}
