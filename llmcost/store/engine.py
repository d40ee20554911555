"""The one way to whatever runs queries: an answer hangs on a query, its parameters and the tables that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Union

from llmcost.shelf import Query

if TYPE_CHECKING:
    import pyarrow as pa

    from llmcost.pricing import Book
    from llmcost.store.priced import Priced, Repricing
    from llmcost.store.scope import Scope

Row = dict[str, Any]
Rows = list[tuple[Any, ...]]
Input = Union["Priced", "Scope", "DerivedTable", "pa.Table"]
# what a query reads, by the name that it reads it by
Inputs = Mapping[str, Input]


@dataclass(frozen=True)
class Result:
    """The rows of a query, and their columns in order."""

    columns: tuple[str, ...]
    rows: Rows

    @property
    def records(self) -> list[Row]:
        """The rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Engine(Protocol):
    """What runs the queries of the shelves, and makes the tables that they are given when they first need them.

    A `Query` reads what its `inputs` name, and is given the others' defaults beside `parameters`; SQL as text reads
    what it likes of the tables that it is given and of the store's own.
    """

    def price(self, book: Book, repricing: Repricing | None = None) -> Priced:
        """Give all requests at the prices of a book."""
        ...

    def run(self, query: Query | str, inputs: Inputs = ..., parameters: Mapping[str, Any] | None = ...) -> Result:
        """Run a query, and fetch all of its rows."""
        ...

    def columns(self, query: Query | str, inputs: Inputs = ...) -> dict[str, str]:
        """Name the columns that a query gives, and their types."""
        ...

    def define(self, macros: str) -> None:
        """Let queries use macros from now on; these read no table, so they mean the same always."""
        ...


@dataclass(frozen=True, eq=False)
class DerivedTable:
    """A table made of others by a query: as often as it is read, or once where it `is_materialized`.

    One that is materialized lasts as long as this value is held by somebody, and only such a one has parameters.
    """

    query: Query | str
    # tables are made of tables: what is written of one would never end
    inputs: Inputs = field(repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_materialized: bool = True


class Tables:
    """Tables of one engine, each a value, that queries can be asked about."""

    @property
    def engine(self) -> Engine:
        """What holds them."""
        raise NotImplementedError

    @property
    def tables(self) -> Inputs:
        """The tables by name."""
        raise NotImplementedError

    def result(self, query: Query | str, inputs: Inputs | None = None, /, **parameters: Any) -> Result:
        """Run a query over these tables, and over those of `inputs`."""
        return self.engine.run(query, {**self.tables, **(inputs or {})}, parameters)

    def records(self, query: Query | str, inputs: Inputs | None = None, /, **parameters: Any) -> list[Row]:
        """Run a query and give its rows by column."""
        return self.result(query, inputs, **parameters).records

    def rows(self, query: Query | str, inputs: Inputs | None = None, /, **parameters: Any) -> Rows:
        """Run a query and give its rows."""
        return self.result(query, inputs, **parameters).rows

    def value(self, query: Query | str, inputs: Inputs | None = None, /, **parameters: Any) -> Any:
        """Run a query of one row and one column and give its value."""
        return self.rows(query, inputs, **parameters)[0][0]

    def derive(self, query: Query | str, inputs: Inputs | None = None, /, **parameters: Any) -> DerivedTable:
        """Give the rows of a query as a table that is made once, when it is first read."""
        return DerivedTable(query, {**self.tables, **(inputs or {})}, parameters)

    def derive_view(self, query: Query | str, inputs: Inputs | None = None) -> DerivedTable:
        """Give the rows of a query as a table that is made as often as it is read."""
        return DerivedTable(query, {**self.tables, **(inputs or {})}, is_materialized=False)


def table_of(columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> DerivedTable:
    """Give rows as a table; `columns` are their names and types. Values go as text and are cast by the database."""
    texts = [[None if value is None else str(value) for value in column] for column in zip(*rows, strict=True)]
    lists = texts or [[] for _ in columns]
    select = ", ".join(
        f"cast(unnest(cast($c{at} as varchar[])) as {kind}) as {name}"
        for at, (name, kind) in enumerate(columns.items())
    )
    return DerivedTable(f"select {select}", {}, {f"c{at}": texts for at, texts in enumerate(lists)})
