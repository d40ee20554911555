"""Read a .sql file of a shelf: a YAML comment on top, one plain query below, checked against each other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from inspect import signature
from pathlib import Path
from textwrap import indent
from typing import Any, Protocol, TypeVar, runtime_checkable

import duckdb

from llmcost.compiled import compiled
from llmcost.errors import ShelfError, first_line

Entry = TypeVar("Entry")
WITH = "with\n"


# what DuckDB raises for a query that it cannot read, or that names what is not there
UNBOUND = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


@runtime_checkable
class Checked(Protocol):
    """A kind of entry whose header has rules of its own."""

    def check(self) -> None:
        """Raise ShelfError where one is broken."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One file of a shelf: what it is called, the question that its query `answers`, and what the query needs for that.

    `inputs` are the tables that it reads, `params` its parameters with their defaults.
    """

    name: str
    query: str
    title: str
    answers: str = ""
    inputs: list[str] = field(default_factory=lambda: ["scope"])
    params: dict[str, Any] = field(default_factory=dict)


def read_entry(file: Traversable, kind: Callable[..., Entry], steps: Traversable | None = None) -> Entry:
    """Read one .sql file as a `kind`: its name, its query, and the fields of its header.

    `steps` is the folder of the queries that a header may name as its `steps`. Raises ShelfError where the header does
    not fit `kind`, or where `params` and the query's `$names` differ. A kind that is Checked is held to its own rules.
    """
    text = file.read_text(encoding="utf-8")
    header = read_header(text, file.name)
    if steps is not None and "steps" in header:
        text = with_steps(text, header.pop("steps"), steps, file.name)
    # DuckDB's parser is asked only where there may be something to find: a parameter or a second statement
    try:
        found = parameters(text) if "$" in text or ";" in text else set()
    except (duckdb.Error, ShelfError) as error:
        raise ShelfError(f"{file.name}: {first_line(error)}") from error
    strays = set(header.get("params") or {}) ^ found
    if strays:
        raise ShelfError(f"{file.name}: {sorted(strays)} must be both in `params` and in the query")
    try:
        entry = kind(name=file.name.removesuffix(".sql"), query=text, **header)
    except TypeError as error:
        more = [] if steps is None else ["steps"]
        raise ShelfError(f"{file.name}: its header {misfit(header, kind, more) or f'does not fit: {error}'}") from error
    if isinstance(entry, Checked):
        entry.check()
    return entry


def misfit(header: dict[str, Any], kind: Callable[..., object], more: list[str]) -> str:
    """Say which keys of a header a kind does not know, or which it needs; nothing where its keys are right.

    `more` are keys that it may have beside the kind's own.
    """
    known = {key: one for key, one in signature(kind).parameters.items() if key not in ("name", "query")}
    if strays := [f"`{key}`" for key in header if key not in known]:
        return f"has {', '.join(strays)}, which is none of: {', '.join([*known, *more])}"
    missing = [f"`{key}`" for key, one in known.items() if one.default is one.empty and key not in header]
    return f"lacks {', '.join(missing)}" if missing else ""


def read_shelf(folder: Traversable, kind: Callable[..., Entry], steps: Traversable | None = None) -> dict[str, Entry]:
    """Read every .sql file of a folder by name, in alphabetical order; `steps` as in `read_entry`."""
    return {file.name.removesuffix(".sql"): read_entry(file, kind, steps) for file in queries_of(folder)}


def shipped_shelf(folder: Traversable, kind: type[Entry], steps: Traversable | None = None) -> dict[str, Entry]:
    """Read a folder that comes with llmcost, from what was made of it before where its files are the same."""
    files = [*queries_of(folder), *(queries_of(steps) if steps else ())]
    name = f"{Path(str(folder)).parent.name}-{folder.name}"
    code = [Path(__file__), Path(str(sys.modules[kind.__module__].__file__))]
    return compiled(name, files, code, dict[str, kind], lambda: read_shelf(folder, kind, steps))  # type: ignore[valid-type]


def queries_of(folder: Traversable) -> list[Traversable]:
    """List the .sql files of a folder in alphabetical order."""
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)


def with_steps(text: str, names: list[str], folder: Traversable, name: str) -> str:
    """Put the queries of a folder before one that reads them: each is a table, and may read those before it.

    Raises ShelfError for a step that there is not.
    """
    tables = []
    for step in names:
        file = folder / f"{step}.sql"
        if not file.is_file():
            raise ShelfError(f"{name}: steps: there is no {file.name} in the folder of steps")
        tables.append(f"    {step} as (\n{indent(file.read_text(encoding='utf-8'), 8 * ' ')}    )")
    header, _, query = text.partition("*/")
    own = query.lstrip()
    # a query's own tables stand in the same `with`
    rest = f",\n{own.removeprefix(WITH)}" if own.startswith(WITH) else f"\n{own}"
    return f"{header}*/\n{WITH}" + ",\n".join(tables) + rest


def read_header(text: str, name: str) -> dict[str, Any]:
    """Read the YAML of the comment that opens a shelf file."""
    if not text.startswith("/*") or "*/" not in text:
        raise ShelfError(f"{name}: it must open with a /* YAML */ comment")
    # the headers of shipped shelves are read compiled: few commands need YAML
    import yaml

    try:
        # the same language, five times as fast where PyYAML was built with libyaml
        header = yaml.load(text[2 : text.index("*/")], getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ShelfError(f"{name}: its header is not YAML: {first_line(error)}") from error
    if not isinstance(header, dict):
        raise ShelfError(f"{name}: its header must be `key: value` lines")
    return header


@contextmanager
def naming(query: Query | str) -> Iterator[None]:
    """Say whose file it is where DuckDB does not take its query while the block runs it. Raises ShelfError."""
    try:
        yield
    except UNBOUND as error:
        if isinstance(query, str):
            raise
        raise ShelfError(f"{query.name}.sql: {first_line(error)}") from error


def parameters(query: str) -> set[str]:
    """Name the `$parameters` of a query, as DuckDB's own parser sees them."""
    statements = duckdb.extract_statements(query)
    if len(statements) != 1:
        raise ShelfError(f"it must hold one query, not {len(statements)}")
    return set(statements[0].named_parameters)
