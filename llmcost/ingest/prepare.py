"""Prepare a connection for reading logs: the macros that the formats' queries use, its time zone and its memory."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from importlib.resources.abc import Traversable

import duckdb

from llmcost.errors import ShelfError, UsageError, first_line
from llmcost.ingest.format import Format
from llmcost.store import Store
from llmcost.store.connect import MEMORY
from llmcost.store.quote import literal

MACROS = resources.files("llmcost.ingest") / "macros"
# what every format may use
SHARED = ("values", "usage", "content")


def prepare(store: Store, formats: Iterable[Format], case_key: str, memory_limit: str) -> None:
    """Make the macros of these formats and what they look up, and bound the memory of a store that is a file.

    Raises ShelfError where a format names macros that are not there, or that use others that it does not name.
    """
    if store.path != MEMORY:
        store.execute(f"set memory_limit = '{memory_limit}'")
    for macros in macro_texts(formats):
        try:
            store.execute(macros)
        except duckdb.CatalogException as error:
            title = macros.partition("\n")[0].strip("- ")
            raise ShelfError(f"macros: {title}: {first_line(error)}", hint="a format names all that it uses") from error
    store.execute("set variable case_key = $1::varchar", [case_key])


def macro_texts(formats: Iterable[Format]) -> list[str]:
    """Read the macros that formats use, in the order in which they can be made: a format names what it needs first.

    Raises ShelfError for a name that is neither a file of macros nor a folder of them.
    """
    formats = list(formats)
    named = {name: format for format in formats for name in format.macros}
    families = [*SHARED, *in_order(formats)]
    return [file.read_text(encoding="utf-8") for name in families for file in files_of(name, named.get(name))]


def in_order(formats: Iterable[Format]) -> list[str]:
    """Put families of macros in an order that agrees with every format's. Raises ShelfError where there is none."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for format in formats:
        for at, name in enumerate(format.macros):
            order.add(name, *format.macros[:at])
    try:
        return list(order.static_order())
    except CycleError as error:
        names = " and ".join(sorted(set(error.args[1])))
        raise ShelfError(
            f"macros: formats name {names} in different orders", hint="the first may not need later ones"
        ) from error


def files_of(name: str, format: Format | None) -> list[Traversable]:
    """Find the files of macros by their name: one file, or all of a folder."""
    folder, file = MACROS / name, MACROS / f"{name}.sql"
    if file.is_file():
        return [file]
    if format and not folder.is_dir():
        raise ShelfError(f"{format.name}.sql: macros: there is no {name}.sql in the folder of macros")
    return sorted(folder.iterdir(), key=lambda each: each.name)


def set_zone(store: Store, zone: str) -> None:
    """Read times without a zone as times of this one. Raises UsageError for a zone that does not exist."""
    try:
        store.execute("set timezone = " + literal(zone))
    except duckdb.Error as error:
        raise UsageError(f"--tz {zone}: no such time zone", hint="for example Europe/Berlin or UTC") from error
