"""`llmcost throttle`: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmcost.cli.declare import Argument, Option
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import TableOptions
from llmcost.cli.sections import Commands

room = Commands(
    "throttle",
    """Show which keys are slowed or blocked since they spent their daily budget, and lift that.

    Keys are throttled by `llmcost alerts check`, where llmcost.yaml says so.

    \b
        llmcost throttle list
        llmcost throttle release search
        llmcost throttle log
    """,
)
StoreFile = Annotated[Path, Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
Key = Annotated[str | None, Argument(help="A key, or the hash of an API key.", metavar="KEY")]
All = Annotated[bool, Option("--all", help="Release every key.")]


@room.command(name="list", short_help="List the keys that are throttled, and those that were today.")
def list_throttles(*, db: StoreFile = DEFAULT_DB, table: TableOptions) -> int:
    """List every key that is throttled or was: what was done, until when, why, and how it ended.

    A dry run shows what would have been done.

    \b
        llmcost throttle list
        llmcost throttle list -f json
    """
    from llmcost.cli.throttle.run import run_list

    return run_list(db, table)


@room.command(short_help="Give a key back the limits that it had; it is not throttled again today.")
def release(*, key: Key = None, is_all: All = False, db: StoreFile = DEFAULT_DB) -> int:
    """Give a key, or with --all every key, the limits that it had before; it is not throttled again that day.

    It exits with 1 where the gateway does not answer; every check tries again until it does.

    \b
        llmcost throttle release search
        llmcost throttle release --all
    """
    from llmcost.cli.throttle.run import run_release

    return run_release(db, key, is_all=is_all)


@room.command(short_help="Show what was done to which key, with what it had before.")
def log(*, db: StoreFile = DEFAULT_DB, table: TableOptions) -> int:
    """Show every step of every throttle: what was done, from which limits to which, and what failed.

    \b
        llmcost throttle log
        llmcost throttle log -f csv
    """
    from llmcost.cli.throttle.run import run_log

    return run_log(db, table)
