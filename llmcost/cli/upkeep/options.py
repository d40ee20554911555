"""The commands that write a store anew, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmcost.cli.declare import Option
from llmcost.cli.options import MemoryLimit
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

room = Commands()
StoreFile = Annotated[Path, Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]


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
