"""The page as it is now: what was computed of the store, and what is known of the present."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from llmcost.render import Choice, Live, Page
from llmcost.render.html import write_page
from llmcost.watch.following import Update
from llmcost.watch.serve import present
from llmcost.watch.serve.asked import COLUMNS, CUSTOM, RANGES, Asked
from llmcost.watch.serve.present import local
from llmcost.watch.serve.shared import Kept
from llmcost.watch.snapshot import Snapshot

TITLE = "LLM costs, live"
# as a browser's field of a time has it
FIELD = "%Y-%m-%dT%H:%M"
# of a page of one name, by the name
Address = Callable[[str], str]


def written(asked: Asked, kept: Kept, last: Update, poll: float, *, is_whole: bool) -> str:
    """Write the page, or only what is other of it from one moment to the next."""
    snapshot = last.snapshot
    now = () if snapshot is None else tuple(present.sections(snapshot))
    found = kept.found
    page = Page(TITLE, found.headline, found.notes, (*now, *found.sections))
    return "".join(write_page(page, live(asked, kept, last, poll), is_whole=is_whole))


def live(asked: Asked, kept: Kept, last: Update, poll: float) -> Live:
    """Say what stands beside the report: the age of data, alarms, ranges, and what is filtered."""
    snapshot = last.snapshot
    ends = asked.ends(snapshot.taken_at, snapshot.zone) if snapshot else (None, None)
    since, until = ("" if end is None or snapshot is None else f"{local(end, snapshot.zone):{FIELD}}" for end in ends)
    return Live(
        poll=poll,
        data=present.until(kept.until, snapshot.zone) if snapshot else "reading ...",
        spend=present.spend(snapshot) if snapshot else (),
        waiting=last.waiting,
        alarms=tuple(present.alarms(snapshot)) if snapshot else (),
        ranges=tuple(
            Choice(one.label, address(asked.within(name)), is_chosen=name == asked.range)
            for name, one in RANGES.items()
        ),
        is_custom=asked.range == CUSTOM,
        since=since,
        until=until,
        zone=str(snapshot.zone) if snapshot else "",
        names=tuple(
            Choice(f"{column}: {value or 'none'}", address(asked.without((column, value))))
            for column, value in asked.names
        ),
        links={column: linking(asked, column) for column in COLUMNS},
    )


def linking(asked: Asked, column: str) -> Address:
    """Give what a name in a table leads to."""
    return lambda value: address(asked.with_name(column, value))


def address(asked: Asked) -> str:
    """Write where a page is."""
    return f"?{asked.query}"


def timeless(snapshot: Snapshot | None) -> Snapshot | None:
    """Give what a snapshot tells, without when it was taken."""
    return None if snapshot is None else replace(snapshot, taken_at=datetime.min)
