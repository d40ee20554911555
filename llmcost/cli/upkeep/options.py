"""The commands that write a store anew, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmcost.cli.declare import Option
from llmcost.cli.options import MemoryLimit
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import BookOptions
from llmcost.cli.sections import Commands

room = Commands()
StoreFile = Annotated[Path, Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
Before = Annotated[
    str | None,
    Option("--before", help="The first day, in UTC, whose requests stay.", metavar="DATE"),
]
DryRun = Annotated[bool, Option("--dry-run", help="Say what would go, and change nothing.")]


@room.command()
def compact(*, db: StoreFile = DEFAULT_DB, memory_limit: MemoryLimit = None) -> int:
    """Write the store anew, sorted by time: it is smaller, and --since 7d reads a week of a year.

    Nothing in it changes but the order. The new file stands beside the old one until it is whole, so there must be
    room for both; a Ctrl-C or a full disk leaves the old one as it is. Until it is done nobody else can read or
    write the store.

    \b
        llmcost compact
        llmcost compact --db year.duckdb --memory-limit 1GB
    """
    from llmcost.cli.upkeep.run import run_compact

    return run_compact(db, memory_limit)


@room.command()
def prune(
    *,
    book: BookOptions,
    before: Before = None,
    dry_run: DryRun = False,
    db: StoreFile = DEFAULT_DB,
    memory_limit: MemoryLimit = None,
) -> int:
    """Take requests before a day out of the store, and keep sums of them.

    Kept for each day, model, provider, key, team, project and outcome is how many requests there were, their tokens
    of each kind and the cost that the log reported. Old months cost what they cost before, to the last digit; reports
    of them say that they are summaries. Gone are ids, hashes, users, sessions, traces, tags and times: nothing
    brings them back but the logs. The store is written anew, as compact does.

    \b
        llmcost prune --before 2026-01-01 --dry-run
        llmcost prune --before 2026-01-01
    """
    from llmcost.cli.upkeep.run import run_prune

    return run_prune(book.book, before, db, memory_limit, is_dry=dry_run)
