"""`llmcost alerts`: its commands and their options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.declare import Option
from llmcost.cli.options import Database, MemoryLimit
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import Selection
from llmcost.cli.sections import Commands

room = Commands(
    "alerts",
    """Say when spending, errors, latency or caches are not as usual, and when a budget is spent.

    \b
        llmcost alerts check
    """,
)
Json = Annotated[bool, Option("--json", help="Print one JSON document.")]
At = Annotated[
    str | None,
    Option("--at", help="Judge as if it were this time, in UTC: 2026-11-02T14:00.", metavar="WHEN"),
]


@dataclass(frozen=True)
class StoreReading(Selection):
    """The store that is watched: all of it, at its own prices."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    where: tuple[str, ...] = ()
    db: Database = DEFAULT_DB
    strict: bool = False
    memory_limit: MemoryLimit = None


@room.command(short_help="Judge what is new in the store; exit with 1 while an alert fires.")
def check(*, reading: StoreReading, json: Json = False, at: At = None) -> int:
    """Judge what has ended since the last check by the rules of llmcost.yaml, and by those that come with llmcost.

    For cron, after an ingest. It exits with 1 while an alert fires that is neither silenced nor acknowledged, and says
    of each who, how much, compared with what, since when, and which command shows more. What it knows is kept beside
    the store, so a second check tells nothing twice. Requests that are logged an hour late begin no alert.

    \b
        llmcost alerts check
        llmcost alerts check --json
        llmcost ingest logs/ && llmcost alerts check
    """
    from llmcost.cli.alerts.run import run_check

    return run_check(reading, at, is_json=json)
