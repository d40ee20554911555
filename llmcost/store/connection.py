"""Open a store, bring it to this version's schema, and run queries on it."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from llmcost.errors import MAKE_ROOM, StoreError, full_reason

MIGRATIONS = resources.files("llmcost.store") / "migrations"
NAMES = resources.files("llmcost.store") / "names.sql"
MEMORY = ":memory:"


class Store:
    """One DuckDB connection to a llmcost store.

    `path` is a file, or ":memory:". Raises StoreError where the file is locked, newer than this llmcost, no store,
    or cannot be written.
    """

    def __init__(self, path: str | Path = MEMORY, *, read_only: bool = False) -> None:
        self.path = str(path)
        # what the view `scope` was last made of: filters, groups, groups kept
        self.asked: tuple[Any, Any, Any] = (None, (), None)
        if read_only and not Path(path).exists():
            raise StoreError(f"{path}: no such store", hint="`llmcost ingest PATH` makes one; `--db` names it")
        self._connection = self._connect(read_only)
        # times with an offset become UTC only if the session is
        self.execute("set timezone = 'UTC'")
        # counted for share_done, never printed
        self.execute("set enable_progress_bar = true; set enable_progress_bar_print = false")
        try:
            self._migrate(read_only)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and give the lock back."""
        self._connection.close()

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Run SQL; the result is read from what is returned before the next call."""
        try:
            return self._connection.execute(sql, parameters)
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # how DuckDB hands on a Ctrl-C
                raise KeyboardInterrupt from None
            raise

    def share_done(self) -> float:
        """Tell from another thread how much of the running statement is done: 0..1, 0 where DuckDB does not know."""
        return max(self._connection.query_progress(), 0) / 100

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Run one query and fetch all its rows."""
        return self.execute(sql, parameters).fetchall()

    def records(self, sql: str, parameters: object = None) -> list[dict[str, Any]]:
        """Run one query and fetch its rows by column."""
        result = self.execute(sql, parameters)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def value(self, sql: str, parameters: object = None) -> Any:
        """Run a query of one row and one column and return its value."""
        return self.rows(sql, parameters)[0][0]

    def register(self, name: str, table: object) -> None:
        """Let queries read an Arrow table by this name."""
        self._connection.register(name, table)

    def number_names(self) -> None:
        """Give requests that have none the number of their name, see names.sql; whoever inserts requests does this."""
        self.execute(NAMES.read_text(encoding="utf-8"))

    def writes(self, query: str) -> bool:
        """Tell whether a query would write: DuckDB takes insert, update and delete inside `with`."""
        tree = json.loads(self.value("select json_serialize_sql($query::varchar)", {"query": query}))
        return bool(tree.get("error")) or holds_writer(tree)

    def _connect(self, read_only: bool) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(self.path, read_only=read_only)
        except duckdb.Error as error:
            raise refusal(self.path, str(error)) from error

    def _migrate(self, read_only: bool) -> None:
        scripts = sorted((f for f in MIGRATIONS.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
        version = self._version()
        if version > len(scripts):
            raise StoreError(
                f"{self.path}: a newer llmcost made this store (schema {version}, this one knows {len(scripts)})",
                hint="upgrade llmcost, or name another store with --db",
            )
        if version == len(scripts):
            return
        if read_only:
            raise StoreError(
                f"{self.path}: its schema {version} is older than this llmcost's {len(scripts)}",
                hint="any `llmcost ingest` into it migrates it",
            )
        self.execute("begin")
        for script in scripts[version:]:
            self.execute(script.read_text(encoding="utf-8"))
        self.number_names()
        self.execute("create or replace table schema_version as select $1 as version", [len(scripts)])
        self.execute("commit")

    def _version(self) -> int:
        tables = {name for (name,) in self.rows("select table_name from duckdb_tables() where not internal")}
        if "schema_version" in tables:
            return int(self.value("select version from schema_version"))
        if tables:
            raise StoreError(
                f"{self.path}: a DuckDB database, but not a llmcost store",
                hint="name another file with --db",
            )
        return 0


def holds_writer(tree: Any) -> bool:
    """Look for an insert, update, delete or copy in a syntax tree."""
    if isinstance(tree, dict):
        is_writer = isinstance(tree.get("type"), str) and tree["type"].endswith("_QUERY_NODE")
        return is_writer or any(holds_writer(inner) for inner in tree.values())
    return isinstance(tree, list) and any(holds_writer(inner) for inner in tree)


def refusal(path: str, message: str) -> StoreError:
    """Say in a user's words why DuckDB did not open a file."""
    holder = re.search(r"held in (.*?)(?: by user (\S+?))?\.? ?(?:See also|However|$)", message, re.MULTILINE)
    if holder or "onflicting lock" in message:
        who = f" by {holder.group(1).strip()}" if holder else ""
        return StoreError(
            f"{path}: the store is locked{who}",
            hint="wait until it is done, or stop it; readers may share a store, a writer needs it alone",
        )
    if "not a valid DuckDB" in message:
        return StoreError(f"{path}: not a llmcost store", hint="name another file with --db")
    if "newer" in message or "version number" in message:
        return StoreError(f"{path}: a newer DuckDB wrote this file", hint="upgrade llmcost or duckdb")
    reason = message.split(": ", 1)[-1].splitlines()[0]
    hint = MAKE_ROOM if full_reason(message) else "is its folder there, and may you write in it?"
    return StoreError(f"{path}: cannot be opened: {reason}", hint=hint)
