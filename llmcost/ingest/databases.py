"""SQLite databases in which agents and gateways keep their calls: the rows of the tables that formats name.

Python's own SQLite reads them; nothing is written, neither into a database nor beside it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from llmcost.errors import InputError
from llmcost.ingest.format import formats
from llmcost.ingest.json_text import NotJson, decode, encode
from llmcost.ingest.sources import Bound, Source
from llmcost.store.quote import quoted


def database_rows(source: Source) -> Iterator[tuple[int, bytes]]:
    """Read the rows of the tables that a format names, one record a row; of other tables nothing is read.

    Raises InputError where the database is damaged, or somebody writes into it.
    """
    bound, number = Bound(source), 0
    try:
        with opened(os.path.realpath(source.readable)) as connection:
            for table in tables_of(connection):
                rows = connection.execute(f"select * from {quoted(table)}")
                names = [column[0] for column in rows.description]
                for row in rows:
                    number += 1
                    text = encode(
                        {name: value_of(cell) for name, cell in zip(names, row, strict=True) if cell is not None}
                    )
                    bound.take(len(text))
                    yield number, text
    except sqlite3.Error as error:
        # SQLite's own words may quote a value
        raise InputError(f"{source.path}: not readable as SQLite: it is cut, damaged or in use") from error


@contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """Open a database as it is, with what its log holds, so that no file appears beside it.

    Where nothing is logged it is read as a file that nobody changes. A log without the index of a living writer is
    read from a copy, since SQLite would make that index.
    """
    log, index, journal = (Path(path + suffix) for suffix in ("-wal", "-shm", "-journal"))
    with tempfile.TemporaryDirectory() as folder:
        how = "mode=ro"
        if log.exists() and log.stat().st_size:
            if index.exists():
                how += "&readonly_shm=1"
            else:
                copy = Path(folder) / "copy"
                shutil.copyfile(path, copy)
                shutil.copyfile(log, f"{copy}-wal")
                path = str(copy)
        elif not journal.exists():
            how += "&immutable=1"
        address = f"file:{quote(os.fsencode(path))}?{how}"
        with closing(sqlite3.connect(address, uri=True, check_same_thread=False)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            connection.execute("pragma trusted_schema = off")
            yield connection


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Name the tables of a database that a format names, too; no view, which may read others."""
    there = connection.execute("select name from sqlite_schema where type = 'table' and sql like 'create table%'")
    wanted = {table for format in formats().values() for table in format.tables}
    return [name for (name,) in there.fetchall() if name in wanted]


def value_of(cell: Any) -> Any:
    """Take the JSON out of a cell, where it holds an object or a list; bytes are text, or nothing."""
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
    if isinstance(text, str) and text[:1] in ("{", "["):
        try:
            return decode(text)
        except NotJson:
            return text
    return text
