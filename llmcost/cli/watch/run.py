"""`llmcost watch`: one frame, a screen, or lines."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from llmcost.cli.watch.lines import run_lines
from llmcost.cli.watch.once import run_once
from llmcost.cli.watch.options import WatchOptions
from llmcost.cli.watch.served import Serve, serving
from llmcost.configuration import open_configuration
from llmcost.errors import UsageError
from llmcost.ingest.follow import check_poll
from llmcost.store import parse_when
from llmcost.watch.following import Source
from llmcost.watch.watching import Settings


def run_watch(asked: WatchOptions) -> int:
    """Watch until it is ended, or show one frame."""
    check(asked)
    configuration = open_configuration()
    settings = Settings(asked.book, configuration.alerts, configuration.budgets, asked.where, configuration.throttle)
    source = Source(asked.db, asked.paths, poll=asked.poll)
    if asked.once:
        at = parse_when(asked.at)
        return run_once(source, settings, lambda: at or present(), is_json=asked.json, may_act=at is None)
    serve = Serve() if asked.serve is None else serving(asked.serve, source, settings, present)
    if has_screen():
        from llmcost.cli.watch.live import run_live

        return run_live(source, settings, present, serve)
    return run_lines(source, settings, present, serve)


def has_screen() -> bool:
    """Tell whether there is a terminal that keys come from, and on which a screen can be drawn."""
    # a stream that is closed is None
    are_terminals = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    return are_terminals and os.environ.get("TERM", "") not in ("dumb", "unknown")


def check(asked: WatchOptions) -> None:
    """Refuse what cannot be watched. Raises UsageError."""
    if "-" in asked.paths:
        raise UsageError("watch follows files, not stdin", hint="llmcost ingest - reads stdin; watch shows the store")
    if not asked.once and (asked.json or asked.at):
        raise UsageError(f"{'--json' if asked.json else '--at'} needs --once")
    if asked.once and asked.serve is not None:
        raise UsageError("--serve goes without --once", hint="llmcost report -f html -o FILE writes the page once")
    check_poll(asked.poll)


def present() -> datetime:
    """Give the time that it is, as UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
