"""Open a store, bring it to this version's schema, and run queries on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from llmcost.errors import StoreError
from llmcost.pricing import Book
from llmcost.shelf import Query, naming
from llmcost.store import connect, held
from llmcost.store.binding import Binding, read_by, text_of
from llmcost.store.connect import MEMORY
from llmcost.store.engine import Inputs, Result
from llmcost.store.limited import limited
from llmcost.store.priced import Priced, Repricing
from llmcost.store.prices import number_names
from llmcost.store.refusing import damaged, is_damage, refusal
from llmcost.store.rewrite import sweep
from llmcost.store.shape import check_columns, check_foreign

MIGRATIONS = resources.files("llmcost.store") / "migrations"
NAMES = resources.files("llmcost.store") / "names.sql"
TIME_LIMIT = 60.0


class Store:
    """One DuckDB connection to a llmcost store: the engine of those who have no cluster.

    `path` is a file, or ":memory:". With `read_only` the connection is shut in: no files but those that it `may` open
    (files, and folders for what is below them), no network, no extensions, settings locked. Raises StoreError where
    the file is locked, damaged, newer than this llmcost, no store, or cannot be written. A new store, and what DuckDB
    makes beside it, is its owner's alone.
    """

    def __init__(self, path: str | Path = MEMORY, *, read_only: bool = False, may: Sequence[str] = ()) -> None:
        self.path = str(path)
        # how many seconds a query may take that is not llmcost's own; 0 is not a limit
        self.time_limit = TIME_LIMIT
        # whether nothing will be written to its requests any more
        self.is_settled = read_only
        # how many statements may have written
        self.changes = 0
        self._is_read_only = read_only
        self._mask: int | None = None
        self._binding = Binding(self)
        self._defined: set[str] = set()
        with held.changing:
            self._open(may)
        try:
            # times with an offset become UTC only if the session is
            self.execute("set timezone = 'UTC'")
            # counted for share_done, never printed
            self.execute("set enable_progress_bar = true; set enable_progress_bar_print = false")
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
        """Close the connection and give the lock back, where no other thread has the store open."""
        with held.changing:
            try:
                self._connection.close()
            finally:
                held.opened.discard(self)
                self._unmask()

    def price(self, book: Book, repricing: Repricing | None = None) -> Priced:
        """Give all requests at the prices of a book. Raises StoreError where names cannot be numbered."""
        number_names(self)
        return Priced(self, book, repricing or Repricing())

    def run(
        self, query: Query | str, inputs: Inputs | None = None, parameters: Mapping[str, Any] | None = None
    ) -> Result:
        """Run a query over tables, see `engine`. Raises ShelfError where one of a shelf is not SQL over its tables."""
        self.bind(read_by(query, inputs or {}))
        defaults = {} if isinstance(query, str) else query.params
        with self._refusing(), naming(query):
            result = self._connection.execute(text_of(query), {**defaults, **(parameters or {})} or None)
            return Result(tuple(column[0] for column in result.description), result.fetchall())

    def columns(self, query: Query | str, inputs: Inputs | None = None) -> dict[str, str]:
        """Name the columns that a query gives, and their types."""
        return self._binding.columns(text_of(query), read_by(query, inputs or {}))

    def define(self, macros: str) -> None:
        """Let queries use macros from now on."""
        if macros not in self._defined:
            self.execute(macros)
            self._defined.add(macros)

    def bind(self, inputs: Inputs) -> None:
        """Let names stand for tables from now on, for SQL that is not run by `run`."""
        self._binding.bind(inputs)

    def bind_bare(self, inputs: Inputs) -> None:
        """Let names stand for tables for a user's own SQL, with no other table of ours beside them."""
        self._binding.bind_bare(inputs)

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Run SQL; the result is read from what is returned before the next call."""
        self.changes += 1
        with self._refusing():
            return self._connection.execute(sql, parameters)

    def sandbox(self, may: Sequence[str] = ()) -> None:
        """Let no later query read or write files, but these and those below these folders, nor reach the network."""
        connect.sandbox(self._connection, may)
        self.is_settled = True

    def interrupt(self) -> None:
        """Stop the running statement, from another thread; it ends in KeyboardInterrupt."""
        self._connection.interrupt()

    def limited(self) -> AbstractContextManager[None]:
        """Interrupt what runs in the block when it takes longer than `time_limit`. Raises TimeoutError."""
        return limited(self._connection.interrupt, self.time_limit)

    def share_done(self) -> float:
        """Tell from another thread how much of the running statement is done: 0..1, 0 where DuckDB does not know."""
        return max(self._connection.query_progress(), 0) / 100

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """Run one query and fetch all its rows."""
        with self._refusing():
            return self._connection.execute(sql, parameters).fetchall()

    def records(self, sql: str, parameters: object = None) -> list[dict[str, Any]]:
        """Run one query and fetch its rows by column."""
        with self._refusing():
            result = self._connection.execute(sql, parameters)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def value(self, sql: str, parameters: object = None) -> Any:
        """Run a query of one row and one column and return its value."""
        return self.rows(sql, parameters)[0][0]

    def register(self, name: str, table: object) -> None:
        """Let queries read an Arrow table by this name."""
        self._connection.register(name, table)

    def assign_name_ids(self) -> None:
        """Give requests that have none the number of their name, see names.sql; whoever inserts requests does this."""
        self.execute(NAMES.read_text(encoding="utf-8"))
        self._binding.forget()

    def writes(self, query: str) -> bool:
        """Tell whether a query would write: DuckDB takes insert, update and delete inside `with`."""
        tree = json.loads(self.value("select json_serialize_sql($query::varchar)", {"query": query}))
        return bool(tree.get("error")) or holds_writer(tree)

    def _open(self, may: Sequence[str]) -> None:
        is_file, read_only = self.path != MEMORY, self._is_read_only
        # what another thread has open was looked at, and must not be again: see held.py
        is_first = is_file and not held.is_open(self.path)
        if is_first:
            connect.check_file(self.path, read_only=read_only)
        if is_file and not read_only:
            # for as long as DuckDB makes files beside it
            self._mask = connect.mask_of(self.path)
            held.mask(self._mask)
        # what DuckDB makes now holds nothing that is not ours
        self._is_new = not is_file or not any(Path(file).exists() for file in (self.path, f"{self.path}.wal"))
        self._connection = self._connect(may)
        if is_file:
            held.opened.add(self)
        if is_first and not read_only:
            sweep(self.path)

    def _connect(self, may: Sequence[str]) -> duckdb.DuckDBPyConnection:
        try:
            return connect.connect(self.path, read_only=self._is_read_only, is_shut=self._is_read_only, may=may)
        except duckdb.Error as error:
            self._unmask()
            raise refusal(self.path, str(error)) from error

    def _unmask(self) -> None:
        if self._mask is not None:
            held.unmask(self._mask)
            self._mask = None

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Say in a user's words that a statement was interrupted, or that the store's file is damaged."""
        try:
            yield
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # how DuckDB reports a Ctrl-C
                raise KeyboardInterrupt from None
            raise
        except duckdb.Error as error:
            if self.path != MEMORY and is_damage(error, self.path, read_only=self._is_read_only):
                raise damaged(self.path) from error
            raise

    def _migrate(self, read_only: bool) -> None:
        if not self._is_new:
            check_foreign(self)
        scripts = sorted((f for f in MIGRATIONS.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
        version = 0 if self._is_new else self._version()
        if version > len(scripts):
            raise StoreError(
                f"{self.path}: a newer llmcost made this store (schema {version}, this one knows {len(scripts)})",
                hint="upgrade llmcost, or name another store with --db",
            )
        if version == len(scripts):
            check_columns(self)
            return
        if read_only:
            raise StoreError(
                f"{self.path}: its schema {version} is older than this llmcost's {len(scripts)}",
                hint="any `llmcost ingest` into it migrates it",
            )
        self.execute("begin")
        for script in scripts[version:]:
            self.execute(script.read_text(encoding="utf-8"))
        if version:
            self.assign_name_ids()
        self.execute("create or replace table schema_version as select $1 as version", [len(scripts)])
        self.execute("commit")

    def _version(self) -> int:
        tables = {name for (name,) in self.rows("select table_name from duckdb_tables() where not internal")}
        if "schema_version" in tables:
            found = self.rows("select try_cast(version as integer) from schema_version limit 1")
            if not found or found[0][0] is None:
                raise StoreError(f"{self.path}: not a llmcost store: it has no version", hint="name another with --db")
            return int(found[0][0])
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
