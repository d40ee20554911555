"""Prepare a connection for reading logs: the macros that the formats' queries use, its time zone and its memory."""

from __future__ import annotations

from importlib import resources

import duckdb

from llmcost.errors import UsageError
from llmcost.store import Store
from llmcost.store.connect import MEMORY
from llmcost.store.quote import literal

# what DuckDB may take; with Python and its libraries that stays under 1 GB on any input
MEMORY_LIMIT = "700MB"
MACROS = resources.files("llmcost.ingest") / "macros"
# what the macros of the others use
SHARED_MACROS = ("values.sql", "usage.sql", "content.sql")


def prepare(store: Store, case_key: str) -> None:
    """Make the macros and what they look up, and bound the memory, unless the store itself is in memory."""
    if store.path != MEMORY:
        store.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    for macros in macro_texts():
        store.execute(macros)
    store.execute("set variable case_key = $1::varchar", [case_key])


def macro_texts() -> list[str]:
    """Read the files of macros in the order in which they can be made."""
    files = sorted((f for f in MACROS.iterdir() if f.name.endswith(".sql")), key=lambda f: order_of(f.name))
    return [file.read_text(encoding="utf-8") for file in files]


def order_of(name: str) -> tuple[int, str]:
    """Put first what the others use."""
    return SHARED_MACROS.index(name) if name in SHARED_MACROS else len(SHARED_MACROS), name


def set_zone(store: Store, zone: str) -> None:
    """Read times without a zone as times of this one. Raises UsageError for a zone that does not exist."""
    try:
        store.execute("set timezone = " + literal(zone))
    except duckdb.Error as error:
        raise UsageError(f"--tz {zone}: no such time zone", hint="for example Europe/Berlin or UTC") from error
