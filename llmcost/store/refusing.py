"""Why DuckDB did not open or read a store's file, in a user's words."""

from __future__ import annotations

import re

import duckdb

from llmcost.errors import MAKE_ROOM, LockedError, StoreError, full_reason
from llmcost.store import connect

# what DuckDB says of a file whose end or middle is not what was written
DAMAGE = re.compile(r"Could not read enough bytes|[Cc]orrupt|checksum|[Dd]eserialize|database has been invalidated")


def refusal(path: str, message: str) -> StoreError:
    """Say in a user's words why DuckDB did not open a file."""
    holder = re.search(r"held in (.*?)(?: by user (\S+?))?\.? ?(?:See also|However|$)", message, re.MULTILINE)
    if holder or "onflicting lock" in message:
        who = f" by {holder.group(1).strip()}" if holder else ""
        return LockedError(
            f"{path}: the store is locked{who}",
            hint="wait until it is done, or stop it; readers may share a store, a writer needs it alone",
        )
    if "not a valid DuckDB" in message:
        return StoreError(f"{path}: not a llmcost store", hint="name another file with --db")
    if "newer" in message or "version number" in message:
        return StoreError(f"{path}: a newer DuckDB wrote this file", hint="upgrade llmcost or duckdb")
    if DAMAGE.search(message):
        return damaged(path)
    reason = message.split(": ", 1)[-1].splitlines()[0]
    hint = MAKE_ROOM if full_reason(message) else "is its folder there, and may you write in it?"
    return StoreError(f"{path}: cannot be opened: {reason}", hint=hint)


def is_damage(error: duckdb.Error, path: str, *, read_only: bool) -> bool:
    """Tell what is wrong with the store's own file from what is wrong with a log or a query."""
    text = str(error)
    if isinstance(error, duckdb.InternalException | duckdb.FatalException | duckdb.SerializationException):
        return read_only
    if "Corrupt database file" in text:
        # no log is opened as a database
        return True
    return bool(DAMAGE.search(text)) and (read_only or str(connect.absolute(path)) in text)


def damaged(path: str) -> StoreError:
    """Say what is lost with a store that is not whole, and how to start over."""
    return StoreError(
        f"{path}: the store is damaged: a part of the file is missing or was overwritten, and what it held is lost",
        hint="move it away and `llmcost ingest` the logs into a new store, or take it from a backup",
    )
