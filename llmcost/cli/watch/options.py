"""`llmcost watch`: its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import Database, Where
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import BookOptions
from llmcost.cli.sections import Commands

room = Commands()
Logs = Annotated[
    tuple[str, ...],
    Argument(help="Files, folders and globs to follow; without them what others read in.", metavar="[LOGS...]"),
]
Poll = Annotated[float, Option("--poll", help="Look for what is new every so many seconds.", metavar="SECONDS")]
Once = Annotated[bool, Option("--once", help="Read what is new, show one frame, and exit.")]
Json = Annotated[bool, Option("--json", help="With --once: print one JSON document.")]
At = Annotated[
    str | None,
    Option("--at", help="With --once: as if it were this time, in UTC: 2026-11-02T14:00.", metavar="WHEN"),
]
Serve = Annotated[
    str | None,
    Option(
        "--serve",
        help="Serve the page of `report -f html` there, live: 127.0.0.1:8765, if not said.",
        metavar="[ADDRESS]",
        bare="127.0.0.1:8765",
    ),
]


@dataclass(frozen=True, kw_only=True)
class WatchOptions(BookOptions):
    """What is watched, in which store, and how it is shown."""

    paths: Logs = ()
    db: Database = DEFAULT_DB
    where: Where = ()
    poll: Poll = 5.0
    once: Once = False
    json: Json = False
    at: At = None
    serve: Serve = None


@room.command()
def watch(*, options: WatchOptions) -> int:
    """Follow logs and show what is spent now: this hour against the usual, today against budgets, who, and how it goes.

    It reads what is new, judges it by the rules of `llmcost alerts`, and shows one screen: keys, models and projects,
    latency, errors, caches, alerts. ? lists the keys. Between two looks the store is free for other commands. Without
    LOGS it shows what others read into the store. Without a terminal it prints a line a minute, and every alert at
    once. q, Ctrl-C or SIGTERM end it after what is being read. --serve shows it in a browser too.

    \b
        llmcost watch /var/log/gateway/
        llmcost watch
        llmcost watch /var/log/gateway/ --serve
        llmcost watch --once --where team=search
        llmcost watch --once --json
    """
    from llmcost.cli.watch.run import run_watch

    return run_watch(options)
